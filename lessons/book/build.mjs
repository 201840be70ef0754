// node build.mjs DIR: builds the site into DIR. What was there is replaced when all of it is done.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pages, read, sources } from './course.mjs';
import { languageOf, prepare } from './highlight.mjs';
import { codeIn } from './markdown.mjs';

process.env.NODE_ENV = 'production';  // Vue without its warnings
const mark = '.hourglass-book';  // a folder that we have made, and may replace
const target = path.resolve(process.argv[2]);
if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(path.join(target, mark))) {
    console.error(`lessons/run: ${process.argv[2]} has something else in it: name a new folder, or an empty one`);
    process.exit(2);
}
const site = `${target}.new`, old = `${target}.old`;
for (const folder of [site, old]) rmSync(folder, { recursive: true, force: true });
mkdirSync(site, { recursive: true });

try {
    // First: VitePress uses the one Markdown reader that there is, and this is ours.
    const { coursePages } = await import('./pages.mjs');
    await prepare([
        ...sources.map(file => ({ code: read(file).replace(/\n$/, ''), language: languageOf(file) })),
        ...pages.flatMap(page => codeIn(read(page)))
    ]);
    lap('prepared');
    const { frame } = await import('./app.mjs');
    const app = await frame();
    lap('frame');
    const { sourcePages } = await import('./sourcepages.mjs');
    const { writeSite } = await import('./site.mjs');
    const { searchIndex } = await import('./search.mjs');
    const { publish } = await import('./publish.mjs');
    const course = coursePages();
    lap('course');
    const ss = sourcePages();
    lap('sources');
    await writeSite(site, app, [...course, ...ss]);
    lap('site');
    writeFileSync(path.join(site, 'search.json'), searchIndex(course));
    lap('search');
    publish(site);
    writeFileSync(path.join(site, mark), 'Made by lessons/run book; the next build replaces this folder.\n');
} catch (error) {
    rmSync(site, { recursive: true, force: true });
    console.error(process.env.TRACE ? error : `lessons/run: the book could not be built: ${error.message}`);
    process.exit(1);
}
if (existsSync(target)) renameSync(target, old);
renameSync(site, target);
rmSync(old, { recursive: true, force: true });
lap('swapped');
function lap(what) { console.log(what, (performance.now()/1000).toFixed(2), (process.cpuUsage().user/1e6).toFixed(2)); }
