// What trains in a page is what trains outside: the losses of lesson 02's first steps in WebAssembly
// equal those of the same sources compiled for a processor without fused multiply-add.
//     node --test tests/book/losses_test.mjs     (after cmake --build --preset wasm)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { instantiate } from '../../lessons/book/live/loader.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = (command, ...given) => execFileSync(command, given, { cwd: root, encoding: 'utf8' });

test('losses in WebAssembly equal those outside', async t => {
    run('cmake', '--preset', 'x86-64');
    run('cmake', '--build', 'build/x86-64', '--target', 'page_losses');
    const folder = mkdtempSync(path.join(tmpdir(), 'losses-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'images');
    const outside = run('build/x86-64/tests/page_losses', file).trim().split('\n').map(Number);

    const bytes = readFileSync(path.join(root, 'build/wasm/hourglass.wasm'));
    const module = await instantiate(new WebAssembly.Module(bytes));
    const pixels = readFileSync(file);
    for (const name of ['train-0', 'test'])
        module.images(name, { pixels, count: pixels.length / 784, width: 28, height: 28 });
    module.start('02');
    assert.deepEqual(outside.map(() => module.step()), outside);
    assert.equal(outside.length, 100);
    assert(outside[99] < 0.5 * outside[0], 'it learns');
});
