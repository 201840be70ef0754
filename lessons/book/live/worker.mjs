// Trains a part beside the page, which stays responsive. Messages from the page:
//     load   {module, images: [{name, url, tile, labels}]}   addresses; tile: the side of a sheet's images;
//                                                            labels: a text of digits
//     start  {run, part, settings, steps, show}      trains, and shows what `show` names
//     stop
//     read   {id, what, given}
//     decode {url, tile}                             from another worker: a sheet
// and to it:
//     ready
//     progress {run, step, losses, ms, shown}        every 50 ms: the losses since the last one
//     done     {run, stopped}
//     read     {id, values}
//     sheet    {sheet}
//     error    {what}                                the worker is of no use after that
import { get, instantiate } from './loader.mjs';
import { decodeSheet } from './sheet.mjs';

const pause = 50;  // ms between two messages of progress

let model, training;

// The grey bytes of a PNG.
async function decode(url) {
    const picture = await createImageBitmap(await (await get(url)).blob(), { colorSpaceConversion: 'none' });
    const { width, height } = picture;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { pixels: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]), count: 1, width, height };
}

// A sheet, decoded in a worker like this one: most parts have two of them.
function decodeBeside(url, tile) {
    const decoder = new Worker(self.location.href, { type: 'module' });
    return new Promise((decoded, failed) => {
        decoder.onmessage = ({ data }) => data.is === 'sheet' ? decoded(data.sheet) : failed(new Error(data.what));
        decoder.onerror = event => failed(new Error(event.message || 'the worker did not load'));
        decoder.postMessage({ do: 'decode', url, tile });
    }).finally(() => decoder.terminate());
}

// The labels of a sheet, as images of one pixel.
async function decodeLabels(url) {
    const digits = (await (await get(url)).text()).replace(/\D/g, '');
    return { pixels: Uint8Array.from(digits), count: digits.length, width: 1, height: 1 };
}

async function load({ module, images }) {
    const compile = async () => WebAssembly.compile(await (await get(module)).arrayBuffer());
    const data = ({ url, tile, labels }) =>
        labels ? decodeLabels(url) : tile ? decodeBeside(url, tile) : decode(url);
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
        if (data.do === 'decode') {
            const sheet = await decodeSheet(data.url, data.tile);
            postMessage({ is: 'sheet', sheet }, [sheet.pixels.buffer]);
        }
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
