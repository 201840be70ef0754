// The parts that train in a page, in a browser: they reach what they should, stop, and say what is wrong.
//     BOOK=folder-of-the-built-book node --test live_test.mjs
// No speed is asserted: machines differ.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { heldOutBce, ranges } from '../../lessons/book/live/ranges.mjs';
import { launch, open, patience, serve, watchedPage } from './browser.mjs';

const folders = {
    '01': '01_autograd', '02': '02_autoencoder', '05': '05_pca', '09': '09_denoising', '10': '10_sparse',
    '11': '11_contractive', '13': '13_edges', '14': '14_deep', '15': '15_score', '16': '16_variational',
    '17': '17_top_k',
};

let server, browser;
before(async () => {
    server = await serve(path.resolve(process.env.BOOK), '/');
    browser = await launch();
});
after(async () => {
    await browser.close();
    server.close();
});

// Opens a lesson's page, hands its live part to `use`, and insists that nothing went wrong besides what is expected.
async function withPart(number, query, use, expectFaults = false) {
    const watched = await watchedPage(browser), { page } = watched;
    await open(page, `${server.root}lessons/${folders[number]}/${query}`);
    await use(page.locator(`.live[data-part="${number}"]`), page, watched);
    await page.close();
    if (!expectFaults) assert.deepEqual(watched.faults, []);
}

const button = part => part.locator('button.main');
const state = part => part.getAttribute('data-state');
const until = async (part, wanted) => {
    for (const end = Date.now() + patience; Date.now() < end; await part.page().waitForTimeout(50)) {
        const now = await state(part);
        if (now === wanted) return;
        assert.notEqual(now, 'error', await part.locator('[role=status]').innerText());
    }
    assert.fail(`still '${await state(part)}', not '${wanted}'`);
};
const loss = async part => Number(await part.getAttribute('data-loss'));

const picture = image => image.evaluate(canvas => canvas.toDataURL());

async function train(part) {
    await button(part).click();
    await until(part, 'done');
    return loss(part);
}

// What else holds of a part when it has trained at its defaults.
const afterwards = {
    // Its own test_bce, on the first 10,000 digits, in less than eight megabytes.
    async '02'(part, page, watched) {
        const reached = Number(await part.locator('.test-bce').innerText());
        assert.ok(reached > heldOutBce[0] && reached < heldOutBce[1], `test_bce ${reached}`);
        assert.ok(watched.bytes < 8e6, `${watched.bytes} bytes`);
    },
    // The classes part; what is decoded where the point is, a key changes.
    async '14'(part, page) {
        await part.locator('.right').waitFor();
        const right = parseFloat(await part.locator('.right').innerText());
        assert.ok(right > 60, `${right}%`);
        assert.equal(await part.locator('.digits text').count(), 10);
        const at = place => part.getByRole('img', { name: `What is decoded at ${place}` });
        const before = await picture(at('0.50, 0.50'));
        await part.getByLabel('smaller number 1').press('Home');
        await at('0.00, 0.50').waitFor();
        await page.waitForTimeout(500);
        assert.notEqual(await picture(at('0.00, 0.50')), before);
    },
    // It walks: with the noise falling more walkers find the upper moon than at one level.
    async '15'(part) {
        const share = async caption => {
            await part.locator('caption', { hasText: caption }).waitFor();
            return parseFloat(await part.locator('.upper').innerText());
        };
        const falling = await share('falling');
        await part.getByRole('button', { name: 'Clear' }).click();
        await part.getByRole('slider').fill('23');
        await part.getByRole('button', { name: 'at this σ' }).click();
        const staying = await share('σ = 0.16');
        assert.ok(falling > staying + 4, `${falling}% and ${staying}%`);
    },
    // What is decoded where the point is, a key changes.
    async '16'(part, page) {
        await part.locator('.bound').waitFor();
        const decoded = part.getByRole('img', { name: 'What is decoded at' });
        const before = await picture(decoded);
        await part.getByLabel('number 1 of the code').press('Home');
        await part.getByRole('img', { name: 'What is decoded at −3.20' }).waitFor();
        await page.waitForTimeout(500);
        assert.notEqual(await picture(decoded), before);
    },
    // A digit is taken apart: without its largest feature the sum is worse, and that can be undone.
    async '17'(part) {
        await part.locator('.sse').waitFor();
        const features = part.locator('.features button');
        assert.equal(await features.count(), 10);
        const error = async () => Number(await part.locator('.error').innerText());
        const before = await error();
        await features.first().press('Enter');
        assert.equal(await features.first().getAttribute('aria-pressed'), 'false');
        assert.ok(await error() > before, `${await error()} and ${before}`);
        await part.getByRole('img', { name: 'switch on unit' }).waitFor();
        await features.first().press('Enter');
        assert.equal(await error(), before);
    },
};

describe('each trains at its defaults, and its loss ends where it should', { concurrency: 2 }, () => {
    for (const [number, [low, high]] of Object.entries(ranges))
        test(`lesson ${number}`, () => withPart(number, '', async (part, ...rest) => {
            const end = await train(part);
            assert.ok(end >= low && end <= high, `${end} is not between ${low} and ${high}`);
            await afterwards[number]?.(part, ...rest);
        }));
});

test('lesson 01 computes its graph', () => withPart('01', '', async part => {
    await button(part).click();
    await until(part, 'done');
    assert.match(await part.locator('svg').first().textContent(), /tanh/);
}));

test('a larger code loses less, and the address says how large', async () => {
    const losses = [];
    for (const hidden of [4, 64])
        await withPart('02', `?hidden=${hidden}`, async part => {
            assert.equal(await part.locator('input[name=hidden]').inputValue(), String(hidden));
            losses.push(await train(part));
        });
    assert.ok(losses[1] < losses[0], `${losses}`);
});

test('a moved slider is in the address, and Reset takes it out', () => withPart('02', '', async (part, page) => {
    await part.locator('input[name=hidden]').fill('7');
    assert.match(page.url(), /\?hidden=7/);
    await part.getByRole('button', { name: 'Reset' }).click();
    assert.doesNotMatch(page.url(), /hidden/);
}));

test('Stop stops', () => withPart('02', '', async (part, page) => {
    await button(part).click();
    // In one breath: by a later click the training may have ended.
    await page.waitForFunction(() => {
        const part = document.querySelector('.live');
        return Number(part.dataset.step) > 0 && (part.querySelector('button.main').click(), true);
    });
    await until(part, 'stopped');
    const step = Number(await part.getAttribute('data-step'));
    await page.waitForTimeout(500);
    assert.equal(Number(await part.getAttribute('data-step')), step);
    assert.ok(step < 200, `it had made all ${step} steps`);
}));

test('what does not load is said', () => withPart('02', '', async (part, page) => {
    await page.route('**/hourglass.wasm', route => route.fulfill({ status: 404, body: 'none' }));
    await button(part).click();
    await page.waitForFunction(() => document.querySelector('.live').dataset.state === 'error');
    assert.match(await part.locator('[role=status]').innerText(), /^It did not work: ./);
}, true));

test('what a browser lacks is said, in place of the buttons', () => withPart('02', '', async (part, page) => {
    await page.addInitScript(() => { delete globalThis.OffscreenCanvas; });
    await page.reload();
    await part.getByText('yours lacks OffscreenCanvas').waitFor();
    assert.equal(await part.locator('button').count(), 0);
}));

test('the front page trains when it is asked, and not before', async () => {
    const { page, faults } = await watchedPage(browser);
    await open(page, server.root);
    await page.waitForTimeout(500);
    const part = page.locator('.live').first();
    assert.equal(await state(part), 'idle');
    assert.ok((await part.boundingBox()).y < 800, 'it is below the fold');
    await train(part);
    await page.close();
    assert.deepEqual(faults, []);
});
