// Links between files of the repository, as links between pages of the site. All are relative: the site
// can lie under any path.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { folders, isPageOfSource, root } from './course.mjs';

// From one page to another; both as they lie in the site. '' is the front page.
export const fromPage = (page, to) => {
    const relative = path.posix.relative(path.posix.dirname(page), to) || '.';
    return /\/$|^$/.test(to) ? `${relative}/` : relative;
};

// The page that shows a file or folder of the repository, or undefined.
export function pageOf(target) {
    target = target.replace(/\/$/, '');
    if (/(^|\/)README\.md$/.test(target)) return target.replace(/README\.md$/, '');
    if (target === '.' || target === '') return '';
    if (isPageOfSource.has(target)) return `source/${target}.html`;
    if (existsSync(path.join(root, target, 'README.md'))) return `${target}/`;
    if (folders.includes(target)) return `source/${target}/`;
    return undefined;
}

// What a link in the Markdown file `from` becomes; throws where it leads nowhere.
export function address(link, from, page) {
    if (/^[a-z]+:|^#|^\/|^$/.test(link)) return link;
    const [, file, anchor] = /^([^#]*)(.*)$/.exec(link);
    const target = path.posix.join(path.posix.dirname(from), decodeURI(file));
    const to = pageOf(target);
    if (to !== undefined) return fromPage(page, to) + anchor;
    const onDisk = path.join(root, target);
    if (existsSync(onDisk) && statSync(onDisk).isFile() && isPublished(target)) return link;
    throw new Error(`${from}: the link to ${link} leads to nothing that the site shows`);
}

// Files that the site holds as they are: see publish.mjs.
export const isPublished = file => /^lessons\/\w+\/figures\/|^data\/(mnist|photographs)\//.test(file);
