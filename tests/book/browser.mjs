// A server of our own on 127.0.0.1, and Debian's Chromium.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';

const types = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
    '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.wasm': 'application/wasm',
    '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8',
};

// Serves a folder under a path, as a plain static host would.
export async function serve(folder, under) {
    const served = {};
    const server = createServer((request, response) => {
        const asked = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
        let file = asked.startsWith(under) ? path.join(folder, asked.slice(under.length)) : '';
        if (file && existsSync(file) && statSync(file).isDirectory()) file = path.join(file, 'index.html');
        if (!file || !existsSync(file)) return response.writeHead(404).end('not found');
        const type = types[path.extname(file)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'content-length': statSync(file).size });
        createReadStream(file).pipe(response);
    });
    await new Promise(ready => server.listen(0, '127.0.0.1', ready));
    served.root = `http://127.0.0.1:${server.address().port}${under}`;
    served.close = () => {
        server.closeAllConnections();
        server.close();
    };
    return served;
}

export const launch = () => chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
});

export const patience = 300_000;  // milliseconds, of a slow machine

// A page, with nothing in its cache, that notes what goes wrong while it is open (errors, answers above 399, requests to
// another host) and how many bytes it was sent.
export async function watchedPage(browser, options = { viewport: { width: 1280, height: 800 } }) {
    const page = await browser.newPage(options), watched = { page, faults: [], bytes: 0 };
    const fault = what => watched.faults.push(what);
    page.setDefaultTimeout(patience);
    page.on('pageerror', error => fault(`error: ${error.message}`));
    page.on('console', message => message.type() === 'error' && fault(`console: ${message.text()}`));
    page.on('response', response => {
        watched.bytes += Number(response.headers()['content-length'] ?? 0);
        if (response.status() > 399) fault(`${response.status()}: ${response.url()}`);
    });
    page.on('request', request => {
        const url = new URL(request.url());
        if (!['127.0.0.1', ''].includes(url.hostname)) fault(`a request to ${url.host}`);
    });
    return watched;
}

// Goes to an address, and waits until the page answers to keys and clicks.
export async function open(page, address) {
    await page.goto(address, { waitUntil: 'load' });
    await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__);
}
