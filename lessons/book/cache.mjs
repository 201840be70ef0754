// What takes long and depends on its input alone is kept on disk, under a name made of that input, of the
// module that makes it, and of the versions of the packages behind it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { read, root } from './course.mjs';

const folder = path.join(root, 'build/book/cache');
mkdirSync(folder, { recursive: true });
const packages = read('lessons/book/package.json');
const used = new Set();

export function cacheOf(moduleUrl) {
    const maker = packages + readFileSync(new URL(moduleUrl), 'utf8');
    const nameOf = input => createHash('sha256').update(maker).update(input).digest('hex');
    return {
        has: input => existsSync(path.join(folder, nameOf(input))),
        get(input, make) {
            const name = nameOf(input),
                file = path.join(folder, name);
            used.add(name);
            if (existsSync(file)) return readFileSync(file, 'utf8');
            const result = make();
            writeFileSync(file, result);
            return result;
        }
    };
}

// After a build: what it had no use for, the next will not need, either.
export function forgetUnused() {
    for (const name of readdirSync(folder)) if (!used.has(name)) rmSync(path.join(folder, name));
}
