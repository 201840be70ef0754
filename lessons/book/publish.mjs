// The files that the site holds as they are, at the same place as in the repository: figures and data;
// and the engine, compiled for the page.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './course.mjs';

const isImage = file => /\.(png|svg)$/.test(file);

export function publish(site) {
    const folders = readdirSync(path.join(root, 'lessons')).map(lesson => `lessons/${lesson}/figures`);
    for (const folder of [...folders, 'data/photographs'].filter(folder =>
        existsSync(path.join(root, folder))
    )) {
        mkdirSync(path.join(site, folder), { recursive: true });
        for (const file of readdirSync(path.join(root, folder)).filter(isImage)) {
            copyFileSync(path.join(root, folder, file), path.join(site, folder, file));
        }
    }
    mkdirSync(path.join(site, 'data/mnist'), { recursive: true });
    for (const file of ['train-0.png', 'train-0.txt', 'test.png', 'test.txt']) {
        copyFileSync(path.join(root, 'data/mnist', file), path.join(site, 'data/mnist', file));
    }
    for (const file of ['hourglass.wasm', 'hourglass_double.wasm']) {
        const built = path.join(root, 'build/wasm', file);
        if (existsSync(built)) copyFileSync(built, path.join(site, file));
    }
}
