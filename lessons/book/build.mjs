// node build.mjs DIR: builds the site into DIR. What was there is replaced when all of it is done.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

process.env.NODE_ENV = 'production'; // Vue without its warnings
const mark = '.hourglass-book'; // in a folder that we have made, and may replace
const target = path.resolve(process.argv[2]);
const site = `${target}.new`,
    old = `${target}.old`;

try {
    if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(path.join(target, mark))) {
        throw new Error(`${target} has something else in it`);
    }
    for (const folder of [site, old]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(site, { recursive: true });
    await build();
    writeFileSync(
        path.join(site, mark),
        'Made by lessons/run book; the next build replaces this folder.\n'
    );
    if (existsSync(target)) renameSync(target, old);
    renameSync(site, target);
    rmSync(old, { recursive: true, force: true });
} catch (error) {
    rmSync(site, { recursive: true, force: true });
    console.error(`lessons/run: the book could not be built: ${error.message}`);
    process.exit(1);
}

async function build() {
    const { prepare } = await import('./highlight.mjs');
    const { allCode } = await import('./sourcepages.mjs');
    await prepare(allCode());
    // The pages' module before the frame's: VitePress has one reader of Markdown, the first that is made.
    const { coursePages } = await import('./pages.mjs');
    const { buildFrame } = await import('./frame.mjs');
    const { sourcePages } = await import('./sourcepages.mjs');
    const { writeSite } = await import('./site.mjs');
    const { searchIndex } = await import('./search.mjs');
    const { publish } = await import('./publish.mjs');
    const { forgetUnused } = await import('./cache.mjs');

    const frame = await buildFrame();
    const course = coursePages();
    await writeSite(site, frame, [...course, ...sourcePages()]);
    writeFileSync(path.join(site, 'search.json'), searchIndex(course));
    publish(site);
    forgetUnused();
}
