// What takes long and depends on its input alone is kept on disk, under a name made of that input, of the module that
// makes it, and of the versions of the packages behind it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { read, root } from './course.mjs';

const folder = path.join(root, 'build/book/cache');
mkdirSync(folder, { recursive: true });
const packages = read('lessons/book/package.json');

export function cacheOf(moduleUrl) {
    const maker = packages + readFileSync(new URL(moduleUrl), 'utf8');
    const place = input => path.join(folder, createHash('sha256').update(maker).update(input).digest('hex'));
    return {
        has: input => existsSync(place(input)),
        get(input, make) {
            const file = place(input);
            if (existsSync(file)) return readFileSync(file, 'utf8');
            const result = make();
            writeFileSync(file, result);
            return result;
        }
    };
}
