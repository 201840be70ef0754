// Puts the pages into the frame.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheOf } from './cache.mjs';
import { metadata, relocatePage } from './relocate.mjs';

const rendered = cacheOf(import.meta.url);
const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const shortHash = text => createHash('sha256').update(text).digest('hex').slice(0, 8);

// A page is pieces of text with components between them: <Live02 /> on a line of its own.
const pieces = html =>
    html
        .split(/^<(\w+) \/>$/m)
        .map((piece, i) => (i % 2 ? { name: piece } : { html: piece }))
        .filter(piece => piece.name || piece.html.trim());

// VitePress's name of a page's module: lessons/05_pca/index.html -> lessons_05_pca_index.md
const nameOf = page => page.replace(/\//g, '_').replace(/html$/, 'md');

export async function writeSite(site, frame, pages) {
    cpSync(path.join(frame.client, 'assets'), path.join(site, 'assets'), { recursive: true });
    cpSync(path.join(frame.client, 'vp-icons.css'), path.join(site, 'vp-icons.css'));
    const template = readFileSync(path.join(frame.client, 'page.html'), 'utf8');
    const frameModule = /page\.md\.[\w-]+\.lean\.js/.exec(template)[0],
        oldMetadata = /metadata\.[\w-]+\.js/.exec(template)[0];

    const modules = {};
    for (const one of pages) {
        const { page, title, settings } = one;
        const data = {
            title,
            description: '',
            headers: [],
            frontmatter: settings,
            params: one.params ?? {},
            relativePath: page.replace(/html$/, 'md')
        };
        one.data = `export const __pageData = ${JSON.stringify(data)};\n`;
        // A component of its own: the router mounts a page anew only if its component is another one.
        const code = `import page from './${frameModule}';\nexport default { ...page };\n${one.data}`;
        one.module = `${nameOf(page)}.${(modules[nameOf(page).toLowerCase()] = shortHash(code))}`;
        for (const kind of ['js', 'lean.js'])
            writeFileSync(path.join(site, `assets/${one.module}.${kind}`), code);
    }

    const ofPages = readFileSync(path.join(site, 'assets/chunks', oldMetadata), 'utf8') + metadata(modules);
    const newMetadata = `metadata.${shortHash(ofPages)}.js`;
    rmSync(path.join(site, 'assets/chunks', oldMetadata));
    writeFileSync(path.join(site, 'assets/chunks', newMetadata), ofPages);

    let server;
    for (const { page, title, html, data, module } of pages) {
        const key = JSON.stringify([frame.hash, page, html, data]);
        if (!rendered.has(key)) {
            server ??= await import(pathToFileURL(path.join(frame.server, 'app.js')));
            writeFileSync(
                path.join(frame.server, `${nameOf(page)}.js`),
                `export { default } from './page.md.js';\n${data}`
            );
            globalThis.piecesOfPage = pieces(html);
            const { content } = await server.render(`/${page.replace(/\.html$/, '')}`);
            rendered.get(key, () => content);
        }
        const whole = template
            .replace(
                /<title>.*?<\/title>/,
                () => `<title>${escape(title === 'Hourglass' ? title : `${title} | Hourglass`)}</title>`
            )
            .replaceAll(oldMetadata, newMetadata)
            .replace(
                `assets/${frameModule}">`,
                all =>
                    `${all}\n    <link rel="modulepreload" href="/HOURGLASS-BASE/assets/${module}.lean.js">`
            )
            .replace(
                /(<div id="app">)[^]*?(<\/div>\s*<\/body>)/,
                (all, start, end) => start + rendered.get(key) + end
            );
        mkdirSync(path.dirname(path.join(site, page)), { recursive: true });
        writeFileSync(path.join(site, page), relocatePage(whole, page));
    }
}
