// What the book is made of, read from the repository: the lessons, the sources, the tour. Nothing is
// listed twice.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const read = file => readFileSync(path.join(root, file), 'utf8');

// "# 05 pca: a linear autoencoder is PCA" is a lesson's number, title and line.
export const lessons = readdirSync(path.join(root, 'lessons'))
    .filter(folder => /^\d\d_/.test(folder) && existsSync(path.join(root, 'lessons', folder, 'README.md')))
    .sort()
    .map(folder => {
        const [, number, title, line] = /^# (\d\d) ([^:\n]*)(?:: (.*))?/.exec(
            read(`lessons/${folder}/README.md`)
        );
        return { number, title, line: line ?? '', link: `/lessons/${folder}/` };
    });
const firstAfterTheLecture = '14';
export const parts = [
    { title: 'The lecture', lessons: lessons.filter(lesson => lesson.number < firstAfterTheLecture) },
    {
        title: 'What came after it',
        lessons: lessons.filter(lesson => lesson.number >= firstAfterTheLecture)
    }
];

function filesIn(folder) {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap(entry => {
        const file = path.posix.join(folder, entry.name);
        if (entry.isDirectory())
            return /^(node_modules|figures|\.temp)$/.test(entry.name) ? [] : filesIn(file);
        return file.includes('.timestamp-') ? [] : [file]; // Vite's own, for a moment
    });
}
const files = ['autograd', 'nn', 'lessons', 'tests', 'data'].flatMap(filesIn);

// The Markdown files that are pages, and the files that have a page under /source/.
const isSource = /\.(h|cpp|sh|gp|py|cmake|mjs|vue|css)$|(^|\/)(run|check|CMakeLists\.txt)$/;
export const pages = ['README.md', ...files.filter(file => file.endsWith('/README.md'))];
export const sources = ['LICENSE', 'CMakeLists.txt', ...files.filter(file => isSource.test(file))];
export const isPageOfSource = new Set(sources);

// Every folder that holds one of them, also indirectly.
export const folders = [
    ...new Set(
        sources.flatMap(file => {
            const above = [];
            for (let folder = path.posix.dirname(file); folder !== '.'; folder = path.posix.dirname(folder))
                above.push(folder);
            return above;
        })
    )
].sort();

// The tour: the numbered list of README.md. An item is a stop, and may lead to several files:
//     5. [nn/linear.h](nn/linear.h), [nn/losses.cpp](nn/losses.cpp): layers, losses
export function tour() {
    const list = /\n## Where to begin\n([^]*?)(?=\n## |$)/.exec(read('README.md'))?.[1] ?? '';
    const items = [...list.matchAll(/^\d+\. ([^]*?)(?=\n\d+\. |\n\n|$(?![^]))/gm)].map(item =>
        item[1].replace(/\s+/g, ' ')
    );
    return items.flatMap((item, i) => {
        const line = item
            .replace(/^.*?\): /, '')
            .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
            .trim();
        return [...item.matchAll(/\]\(([^)]*)\)/g)].map(link => ({
            file: link[1],
            stop: i + 1,
            stops: items.length,
            line
        }));
    });
}

// What the frame of every page shows of the course: the sidebar, and the arc on the front page.
export const inFrame = () => ({ parts, sources, tour: tour().map(({ file, stop }) => ({ file, stop })) });
