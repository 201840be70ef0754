// node serve.mjs DIR [PORT]: a static server for the built site, on this machine alone.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const folder = path.resolve(process.argv[2]),
    port = process.argv[3];
const usualPort = 8784;
const types = {
    html: 'text/html; charset=utf-8',
    js: 'text/javascript',
    mjs: 'text/javascript',
    css: 'text/css',
    json: 'application/json',
    svg: 'image/svg+xml',
    png: 'image/png',
    woff2: 'font/woff2',
    wasm: 'application/wasm'
};
const isFile = file => statSync(file, { throwIfNoEntry: false })?.isFile();

const server = createServer((request, response) => {
    let file;
    try {
        const { pathname } = new URL(request.url, 'http://here');
        file = path.join(folder, decodeURIComponent(pathname).replace(/\/$/, '/index.html'));
    } catch {
        // not an address: answered below
    }
    if (!file?.startsWith(folder + path.sep) || !isFile(file)) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
        return;
    }
    response.writeHead(200, {
        'content-type': types[path.extname(file).slice(1)] ?? 'application/octet-stream',
        'cache-control': 'no-cache'
    });
    createReadStream(file).on('error', () => response.destroy()).pipe(response);
});
server.on('error', error => {
    if (error.code === 'EADDRINUSE' && !port) {
        server.listen(0, '127.0.0.1'); // any that is free
        return;
    }
    console.error(
        error.code === 'EADDRINUSE'
            ? `lessons/run: port ${port} is taken: name another`
            : `lessons/run: ${error.message}`
    );
    process.exit(2);
});
server.on('listening', () => {
    console.log(`the book is at http://127.0.0.1:${server.address().port}/   (Ctrl-C ends)`);
});
server.listen(Number(port ?? usualPort), '127.0.0.1');
