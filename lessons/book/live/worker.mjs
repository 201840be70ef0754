// Trains a part beside the page, which stays responsive. Messages from the page:
//     load   {module, images: [{name, url, tile}]}   addresses; tile: the side of a sheet's images
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

// The grey bytes of a PNG: one image, or a sheet of tiles of `tile` x `tile` pixels.
async function decode(url, tile) {
    const picture = await createImageBitmap(await (await get(url)).blob(), { colorSpaceConversion: 'none' });
    const { width, height } = picture;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const [tileWidth, tileHeight] = tile ? [tile, tile] : [width, height];
    const pixels = new Uint8Array(width * height);
    let to = 0;
    for (let top = 0; top < height; top += tileHeight) {
        const { data } = context.getImageData(0, top, width, tileHeight);
        for (let left = 0; left < width; left += tileWidth)
            for (let y = 0; y < tileHeight; ++y)
                for (let x = 0; x < tileWidth; ++x)
                    pixels[to++] = data[4 * (y * width + left + x)];
    }
    return { pixels, count: pixels.length / (tileWidth * tileHeight), width: tileWidth, height: tileHeight };
}

async function load({ module, images }) {
    const compile = async () => WebAssembly.compile(await (await get(module)).arrayBuffer());
    const [compiled, ...decoded] =
        await Promise.all([compile(), ...images.map(({ url, tile }) => decode(url, tile))]);
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
