// In the browser: TensorFlow.js comes as scripts, ours as modules.
const library = '/tests/benchmarks/page/node_modules/@tensorflow/';
importScripts(`${library}tfjs/dist/tf.min.js`, `${library}tfjs-backend-wasm/dist/tf-backend-wasm.min.js`);

onmessage = async () => {
    try {
        const { measure } = await import('./measure.mjs');
        tf.wasm.setWasmPaths(`${library}tfjs-backend-wasm/dist/`);
        await tf.setBackend('wasm');
        const bytes = await (await fetch('/build/wasm/hourglass_steps.wasm')).arrayBuffer();
        const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
        postMessage({ simd, results: await measure(await WebAssembly.compile(bytes), tf) });
    } catch (error) {
        postMessage({ error: error.stack });
    }
};
