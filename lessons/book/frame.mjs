// The frame of every page: VitePress with our theme and the live parts, built around a single page,
// page.md. That takes a while, and is done again only when something of the frame has changed. site.mjs
// puts the pages into it.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vitepress';
import { inFrame, read, root } from './course.mjs';
import { relocateScripts } from './relocate.mjs';

const here = path.join(root, 'lessons/book');
// Where Node finds Vue, which the server's half of the frame imports.
const place = path.join(here, 'node_modules/.cache/hourglass');

function hashOfFrame() {
    const hash = createHash('sha256').update(JSON.stringify(inFrame()));
    const files = ['.vitepress/theme', 'live'].flatMap(folder =>
        readdirSync(path.join(here, folder)).map(name => `${folder}/${name}`)
    );
    for (const file of [
        'package-lock.json',
        'frame.mjs',
        'relocate.mjs',
        'page.md',
        '.vitepress/config.mjs',
        'wasm/double_parts.json',
        'words.mjs',
        ...files
    ]) {
        hash.update(file).update(read(`lessons/book/${file}`));
    }
    return hash.digest('hex').slice(0, 16);
}

// { hash, client: folder of what the browser loads, server: folder of what renders pages here }
export async function buildFrame() {
    const hash = hashOfFrame(),
        folder = path.join(place, hash);
    const result = { hash, client: path.join(folder, 'client'), server: path.join(folder, 'server') };
    if (existsSync(folder)) return result;
    rmSync(place, { recursive: true, force: true });
    const unfinished = path.join(place, 'unfinished');
    await build(here, {
        outDir: path.join(unfinished, 'client'),
        onAfterConfigResolve: config => {
            // VitePress removes the server's half when it is done, so we take it while pages are rendered.
            config.transformHtml = () => {
                cpSync(config.tempDir, path.join(unfinished, 'server'), { recursive: true });
            };
        }
    });
    relocateScripts(path.join(unfinished, 'client'));
    renameSync(unfinished, folder);
    return result;
}
