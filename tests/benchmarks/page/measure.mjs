// Measures both, in Node and in a browser's worker: a step of ours, a step of theirs, again and
// again, so that what else the computer does falls on both.
import { instantiate } from '../../../lessons/book/live/loader.mjs';
import { tensorflowSteps } from './tensorflow.mjs';

// As in benchmarks.h.
const networks = {
    basic: { batch: 256, widths: [784, 32, 784], rounds: 60 },
    denoising: { batch: 128, widths: [784, 500, 784], rounds: 30 },
    deep: { batch: 256, widths: [784, 1000, 500, 250, 30, 250, 500, 1000, 784], rounds: 9 },
};

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function time(step) {
    const before = performance.now();
    const loss = step();
    if (!Number.isFinite(loss)) throw new Error(`a loss of ${loss}`);
    return performance.now() - before;
}

// [{name, ours, theirs}], medians in ms a step. module: hourglass_steps.wasm; tf: TensorFlow.js with
// its backend chosen.
export async function measure(module, tf) {
    const ours = await instantiate(module), results = [];
    for (const [name, network] of Object.entries(networks)) {
        ours.start(name);
        const steps = [() => ours.step(), ...tensorflowSteps(tf, name, network)];
        const times = steps.map(() => []);
        for (let round = -2; round < network.rounds; ++round)  // two to warm up
            steps.forEach((step, i) => {
                const ms = time(step);
                if (round >= 0) times[i].push(ms);
            });
        const [mine, ...theirs] = times.map(median);
        results.push({ name, ours: mine, theirs: Math.min(...theirs) });
    }
    return results;
}
