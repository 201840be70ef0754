// Trains a part beside the page, which stays responsive. Messages from the page:
//     load   {module, images: [{name, url, tile, labels}]}   addresses; tile: the side of a sheet's images;
//                                                            labels: a text of digits
//     start  {run, part, settings, steps, show}      trains, and shows what `show` names
//     stop
//     read   {id, what, given}
// and to it:
//     ready
//     progress {run, step, losses, ms, shown}        every 50 ms: the losses since the last one
//     done     {run, stopped}
//     read     {id, values}
//     error    {what}                                the worker is of no use after that
import { instantiate } from './loader.mjs';

const pause = 50;  // ms between two messages of progress

let model, training;

async function get(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: the server answers ${answer.status}`);
    return answer;
}

// The grey bytes of a PNG.
async function decode(url) {
    const picture = await createImageBitmap(await (await get(url)).blob(), { colorSpaceConversion: 'none' });
    const { width, height } = picture;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { pixels: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]), count: 1, width, height };
}

// The images of a sheet, a PNG with 8 bits a pixel, grey, one after the other. By a canvas it takes five times as
// long. Each row begins with its filter: what is added to the differences that were stored (PNG, section 9).
async function decodeSheet(url, side) {
    const file = new Uint8Array(await (await get(url)).arrayBuffer()), view = new DataView(file.buffer);
    const width = view.getUint32(16), height = view.getUint32(20), data = [];
    for (let at = 8; at < file.length; at += 12 + view.getUint32(at))
        if (view.getUint32(at + 4) === 0x49444154)  // IDAT
            data.push(file.subarray(at + 8, at + 8 + view.getUint32(at)));
    const inflated = new Blob(data).stream().pipeThrough(new DecompressionStream('deflate'));
    const rows = new Uint8Array(await new Response(inflated).arrayBuffer());
    const pixels = new Uint8Array(width * height), across = width / side;
    let above = new Uint8Array(width), row = new Uint8Array(width);
    for (let y = 0; y < height; ++y) {
        const from = y * (width + 1), filter = rows[from];
        for (let x = 0, left = 0, corner = 0; x < width; ++x) {
            const up = above[x];
            let guess = filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? up : (left + up) >> 1;
            if (filter === 4) {  // Paeth's: the neighbour that is nearest to left + up - corner
                const a = Math.abs(up - corner), b = Math.abs(left - corner), c = Math.abs(left + up - 2 * corner);
                guess = a <= b && a <= c ? left : b <= c ? up : corner;
            }
            corner = up;
            row[x] = rows[from + 1 + x] + guess;
            left = row[x];
        }
        for (let i = 0; i < across; ++i)
            pixels.set(row.subarray(i * side, (i + 1) * side),
                       ((Math.floor(y / side) * across + i) * side + y % side) * side);
        [above, row] = [row, above];
    }
    return { pixels, count: pixels.length / side ** 2, width: side, height: side };
}

// The labels of a sheet, as images of one pixel.
async function decodeLabels(url) {
    const digits = (await (await get(url)).text()).replace(/\D/g, '');
    return { pixels: Uint8Array.from(digits), count: digits.length, width: 1, height: 1 };
}

async function load({ module, images }) {
    const compile = async () => WebAssembly.compile(await (await get(module)).arrayBuffer());
    const data = ({ url, tile, labels }) =>
        labels ? decodeLabels(url) : tile ? decodeSheet(url, tile) : decode(url);
    const [compiled, ...decoded] = await Promise.all([compile(), ...images.map(data)]);
    model = await instantiate(compiled);
    images.forEach(({ name }, i) => model.images(name, decoded[i]));
    postMessage({ is: 'ready' });
}

// Lets messages in. A timer would wait for 4 ms.
function breathe() {
    return new Promise(go => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { port1.close(); go(); };
        port2.postMessage(0);
    });
}

async function train({ run, part, settings, steps, show }) {
    const me = training = { stopped: false };
    model.start(part, settings);
    let step = 0, losses = [], busy = 0, sent = 0;
    for (;;) {
        if (step < steps) {
            const before = performance.now();
            losses.push(model.step());
            busy += performance.now() - before;
            ++step;
        }
        const end = step === steps;
        if (!end && performance.now() - sent < pause) continue;
        const shown = Object.fromEntries(show.map(name => [name, model.read(name)]));
        postMessage({ is: 'progress', run, step, losses, ms: step && busy / step, shown },
                    Object.values(shown).map(values => values.buffer));
        losses = [];
        sent = performance.now();
        await breathe();
        if (training !== me) return;  // another has begun
        if (end || me.stopped) return postMessage({ is: 'done', run, stopped: !end });
    }
}

function read({ id, what, given }) {
    const values = model.read(what, given);
    postMessage({ is: 'read', id, values }, [values.buffer]);
}

onmessage = async ({ data }) => {
    try {
        if (data.do === 'load') await load(data);
        if (data.do === 'start') await train(data);
        if (data.do === 'stop' && training) training.stopped = true;
        if (data.do === 'read') read(data);
    } catch (error) {
        training = undefined;
        // Memory that is used up, or a wrong access, ends a module by itself.
        const trapped = error instanceof WebAssembly.RuntimeError;
        const why = trapped ? ': the module stopped, perhaps for want of memory' : '';
        postMessage({ is: 'error', what: error.message + why });
    }
};
