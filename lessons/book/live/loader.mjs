// All that stands between a page and a module of lessons/book/wasm: the exports of page.cpp with
// texts and numbers put into the module's memory and taken out again. For workers and for Node.

export async function get(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: the server answers ${answer.status}`);
    return answer;
}

// What the C++ library asks of its system. There is no system behind it: every other call is told
// so (52, "not supported"), and what goes wrong because of that says so by an exception.
function system(memory) {
    const numbers = () => new DataView(memory().buffer);
    const calls = {
        clock_time_get(id, precision, to) {
            numbers().setBigUint64(to, BigInt(Math.round(performance.now() * 1e6)), true);
            return 0;
        },
        environ_get: () => 0,
        environ_sizes_get(count, size) {  // no variables
            numbers().setUint32(count, 0, true);
            numbers().setUint32(size, 0, true);
            return 0;
        },
        proc_exit(code) { throw new Error(`the module ended itself with code ${code}`); },
    };
    return new Proxy({}, { get: (_, name) => calls[name] ?? (() => 52), has: () => true });
}

// The calls of a module, made from a WebAssembly.Module. After an error it can't be used any more:
// make another.
export async function instantiate(module) {
    let exports;
    const bytes = () => new Uint8Array(exports.memory.buffer);
    const textAt = address => {
        const end = bytes().indexOf(0, address);
        return new TextDecoder().decode(bytes().slice(address, end));
    };
    const instance = await WebAssembly.instantiate(module, {
        page: { fail(what) { throw new Error(textAt(what)); } },
        wasi_snapshot_preview1: system(() => exports.memory),
    });
    exports = instance.exports;
    exports._initialize();

    // f(address of the data in the module's memory), which may move while f runs.
    function withData(data, f) {
        const address = exports.malloc(data.byteLength || 1);
        bytes().set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
        const result = f(address);
        exports.free(address);
        return result;
    }
    const withText = (text, f) => withData(new TextEncoder().encode(text + '\0'), f);

    return {
        // Images of one size, by name: grey bytes, row after row, image after image.
        images(name, { pixels, count, width, height }) {
            const to = withText(name, at => exports.images(at, count, width, height));
            bytes().set(pixels, to);
        },
        // Makes the part of that number ("02"), in place of the one before.
        start(part, settings = {}) {
            for (const [name, value] of Object.entries(settings))
                withText(name, at => exports.set(at, value));
            withText(part, at => exports.start(at));
        },
        // One step of training; its loss.
        step: () => exports.step(),
        // Numbers by name, as a Float32Array; `given` are numbers, too.
        read(what, given = []) {
            const count = withText(what, text => withData(Float32Array.from(given),
                numbers => exports.read(text, numbers, given.length)));
            return new Float32Array(exports.memory.buffer, exports.result(), count).slice();
        },
    };
}
