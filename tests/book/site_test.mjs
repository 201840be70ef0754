// The built book in a browser, as a static host would serve it, under a path of its own: node --test site_test.mjs,
// with BOOK naming the folder that `lessons/run book --build` made.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { withExercises } from '../../lessons/book/exercises.mjs';
import { launch, open, serve, watchedPage } from './browser.mjs';

const book = path.resolve(process.env.BOOK);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const files = readdirSync(book, { recursive: true }).filter(file => file.endsWith('.html') && file !== '404.html');
const isSource = file => file.startsWith('source/');
const course = files.filter(file => !isSource(file));

let server, browser;
before(async () => {
    server = await serve(book, '/some/where/deep/');
    browser = await launch();
});
after(async () => {
    await browser.close();
    server.close();
});

const address = file => server.root + file.replace(/(^|\/)index\.html$/, '$1');

// Opens a page for each file, two at a time, and has a look at it; all faults together, so that one run tells all.
async function onEach(chosen, look) {
    const found = [], left = [...chosen];
    await Promise.all([1, 2].map(async () => {
        for (let file; (file = left.pop()) !== undefined;) {
            const watched = await watchedPage(browser);
            await open(watched.page, address(file));
            for (const fault of [...(await look(watched, file)), ...watched.faults]) found.push(`${file}: ${fault}`);
            await watched.page.close();
        }
    }));
    assert.deepEqual(found, []);
}

// What a page of Markdown should have: its formulas, but not those in code.
function formulas(markdown) {
    const prose = markdown.replace(/^(```+)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
    const blocks = prose.match(/\$\$[\s\S]+?\$\$/g) ?? [];
    const inline = prose.replace(/\$\$[\s\S]+?\$\$/g, '').match(/\$(?!\s)[^$]+?(?<!\s)\$(?!\d)/g) ?? [];
    return blocks.length + inline.length;
}

// Wider than the window, a laptop's and a phone's?
async function sidewaysScroll(page) {
    const faults = [];
    for (const [width, height] of [[1280, 800], [390, 844]]) {
        await page.setViewportSize({ width, height });
        const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) faults.push(`${wide} pixels too wide at ${width}`);
    }
    return faults;
}

// What axe-core finds in a page, in both themes. Only contrasts depend on the theme.
async function hardToUse(page) {
    const faults = [];
    await page.evaluate(axe);
    for (const [colorScheme, rules] of [['light', {}], ['dark', { runOnly: ['color-contrast'] }]]) {
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction(
            dark => document.documentElement.classList.contains('dark') === dark, colorScheme === 'dark');
        const { violations } = await page.evaluate(rules => window.axe.run(rules), rules);
        for (const { id, impact, nodes } of violations)
            if (['serious', 'critical'].includes(impact))
                faults.push(...nodes.slice(0, 3).map(node => `${colorScheme}: ${id}: ${node.target.join(' ')}`));
    }
    return faults;
}

test('every page of the course: formulas, images, contrasts, width, size', async () => {
    await onEach(course, async (watched, file) => {
        const { page } = watched, faults = [];
        await page.waitForTimeout(200);  // for what scripts ask for
        if (watched.bytes > 4e6) faults.push(`${watched.bytes} bytes before anything is asked to train`);
        const markdown = withExercises(file.replace(/index\.html$/, 'README.md').replace(/\.html$/, '.md'));
        const wanted = formulas(markdown);
        const seen = await page.evaluate(async () => {
            for (const folded of document.querySelectorAll('details')) folded.open = true;
            for (const image of document.images) image.loading = 'eager';
            await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
            return {
                formulas: document.querySelectorAll('mjx-container').length,
                wrong: document.querySelectorAll('mjx-merror, [data-mjx-error]').length,
                broken: [...document.images].filter(image => !image.naturalWidth).map(image => image.src),
                left: (document.querySelector('.vp-doc')?.innerText.match(/<!--|-->|\$\$/g) ?? []).length,
            };
        });
        if (seen.formulas !== wanted) faults.push(`${seen.formulas} formulas of ${wanted}`);
        if (seen.wrong) faults.push(`${seen.wrong} formulas in error`);
        if (seen.left) faults.push('comments or dollar signs are left in the text');
        faults.push(...seen.broken.map(image => `no image: ${image}`));
        return [...faults, ...(await hardToUse(page)), ...(await sidewaysScroll(page))];
    });
});

test('three of the source pages: code, contrasts, width', async () => {
    const some = ['autograd/kernels/gemm.cpp', 'autograd/tensor.h', 'lessons/run'];
    await onEach(some.map(file => `source/${file}.html`), async ({ page }) => {
        const code = await page.evaluate(() => document.querySelector('.vp-doc pre').innerText.length);
        return [...(code > 500 ? [] : ['no code']), ...(await hardToUse(page)), ...(await sidewaysScroll(page))];
    });
});

// Every link of every page, source pages too, without a browser: the file is there, and so is the anchor.
test('every link leads somewhere', () => {
    const html = new Map(), faults = [];
    const read = file => {
        if (!html.has(file)) {
            let text = '';
            try { text = readFileSync(path.join(book, file), 'utf8'); } catch { text = null; }
            html.set(file, text);
        }
        return html.get(file);
    };
    const here = 'http://book/some/where/deep/';
    for (const file of files) {
        const base = new URL(file, here);
        for (const [, href] of read(file).matchAll(/<a\s[^>]*?href="([^"]*)"/g)) {
            const url = new URL(href.replaceAll('&amp;', '&'), base);
            if (url.host !== 'book') continue;
            const target = decodeURIComponent(url.href.slice(here.length).replace(/[#?].*/, ''));
            const name = target === '' || target.endsWith('/') ? target + 'index.html' : target;
            const text = url.href.startsWith(here) ? read(name) : null;
            if (text === null) faults.push(`${file}: ${href} leads nowhere`);
            else if (url.hash && name.endsWith('.html') && !text.includes(`id="${decodeURIComponent(url.hash.slice(1))}"`))
                faults.push(`${file}: ${href} has no such anchor`);
        }
    }
    assert.deepEqual([...new Set(faults)], []);
});

test('the search finds a page and a source', async () => {
    const { page, faults } = await watchedPage(browser);
    await open(page, server.root);
    await page.keyboard.press('Control+k');
    for (const [words, where] of [['contractive jacobian', 'lessons/11_contractive/'], ['multiply_tile', 'source/autograd/kernels/gemm.cpp']]) {
        await page.fill('#localsearch-input', words);
        await page.waitForFunction(target => [...document.querySelectorAll('.VPLocalSearchBox a.result')].some(
            link => link.href.includes(target)), where);
    }
    await page.close();
    assert.deepEqual(faults, []);
});
