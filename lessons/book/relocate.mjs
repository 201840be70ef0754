// The built site can lie under any path. VitePress wants to know that path; it is told a name that stands
// for it, and here that name is replaced: in a page by the way from there to the site's root, in scripts
// by what the first of them, `metadata`, finds out when it is loaded.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const base = '/HOURGLASS-BASE/';

export function relocatePage(html, page) {
    return html.replaceAll(
        base,
        path.posix.relative(path.posix.dirname(page), '.').replace(/(?<=.)$/, '/') || './'
    );
}

export function relocateScripts(site) {
    for (const name of readdirSync(path.join(site, 'assets'), { recursive: true })) {
        const file = path.join(site, 'assets', name),
            isStyle = name.endsWith('.css');
        if (!isStyle && !name.endsWith('.js')) continue;
        const text = isStyle
            ? readFileSync(file, 'utf8').replaceAll(`${base}assets/`, './')
            : readFileSync(file, 'utf8').replace(
                  /(["'`])\/HOURGLASS-BASE\/([^"'`$\\]*)\1/g,
                  '(globalThis.siteBase+"$2")'
              );
        if (text.includes(base) && !name.includes('metadata'))
            throw new Error(
                `${name}: ${base} is left: ${text.slice(text.indexOf(base) - 80, text.indexOf(base) + 80)}`
            );
        writeFileSync(file, text);
    }
}

// What is added to VitePress's `metadata`: where the site lies, and the pages that VitePress does not know.
export const metadata = pages => `
globalThis.siteBase = new URL('../../', import.meta.url).pathname;
__VP_SITE_DATA__.base = siteBase;
Object.assign(__VP_HASH_MAP__, ${JSON.stringify(pages)});
// The links of the frame become absolute: they stay when the router goes to another page.
for (const link of document.querySelectorAll('#app a[href]')) {
    if (link.closest('.text') || link.origin !== location.origin) continue;
    link.setAttribute('href', link.pathname + link.hash);
}
`;
