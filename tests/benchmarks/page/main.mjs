// Prints the table: see `run`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, serve } from '../../book/browser.mjs';
import { measure } from './measure.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

async function inNode() {
    const require = createRequire(import.meta.url);
    const tf = require('@tensorflow/tfjs');
    const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
    await tf.setBackend('wasm');
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const bytes = readFileSync(path.join(root, 'build/wasm/hourglass_steps.wasm'));
    const module = await WebAssembly.compile(bytes);
    return { simd, results: await measure(module, tf) };
}

async function inChromium() {
    const server = await serve(root, '/'), browser = await launch();
    try {
        const page = await browser.newPage();
        await page.goto(`${server.root}tests/benchmarks/page/index.html`);
        const answer = await page.evaluate(() => new Promise((resolve, reject) => {
            const worker = new Worker('worker.js');
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.postMessage(0);
        }));
        if (answer.error) throw new Error(answer.error);
        return answer;
    } finally {
        await browser.close();
        server.close();
    }
}

const ms = number => number.toFixed(number < 100 ? 1 : 0).padStart(14);
console.log('ms a step'.padEnd(24), 'Hourglass'.padStart(14), 'TensorFlow.js'.padStart(14), 'ratio'.padStart(7));
for (const [where, run] of [['Node', inNode], ['Chromium', inChromium]]) {
    const { simd, results } = await run();
    if (!simd) throw new Error(`${where}: TensorFlow.js found no vectors: no fair comparison`);
    for (const { name, ours, theirs } of results)
        console.log(`${where}, ${name}`.padEnd(24), ms(ours), ms(theirs), (theirs / ours).toFixed(1).padStart(7));
}
