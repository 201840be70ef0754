// The pages are written for GitHub. What the site makes of them, as a plugin of markdown-it:
//     links and figures   lead to the site's own pages, and to a figure's SVG where there is one
//     <!-- live: 02 -->   becomes the component Live02
//     other comments      vanish
//     ```cpp some/file.h  shows the file's name above the code; names in the code lead to their definitions
//     formulas            come from a cache
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { address, fromPage, pageOf } from './addresses.mjs';
import { cacheOf } from './cache.mjs';
import { root } from './course.mjs';
import { linkNames } from './definitions.mjs';

const formulas = cacheOf(import.meta.url);
const fileOf = env => env.relativePath.replace(/(^|\/)index\.md$/, '$1README.md');
const pageFor = env => env.relativePath.replace(/\.md$/, '.html');

function component(what, name) {
    if (what === 'course' && name === 'arc') return '<Arc />';
    if (what === 'live' && existsSync(path.join(root, `lessons/book/live/Live${name}.vue`)))
        return `<Live${name} />`;
    return '';
}

function comments(html) {
    return html
        .replace(/<!-- (live|course): (\w+) -->/g, (all, what, name) => component(what, name))
        .replace(/<!--[^]*?-->/g, '');
}

function figure(link, env) {
    if (/^[a-z]+:|^\//.test(link)) return link;
    const sharp = link.replace(/\.png$/, '.svg');
    const file = path.join(root, path.posix.dirname(fileOf(env)), sharp);
    return './' + (existsSync(file) ? sharp : link).replace(/^\.\//, '');
}

// The shape of a PNG, whose width and height stand in its header: text does not jump when the figure arrives.
function shape(link, env) {
    const file = path.join(root, path.posix.dirname(fileOf(env)), link);
    if (!/\.png$/.test(link) || !existsSync(file)) return undefined;
    const header = readFileSync(file);
    const [width, height] = [header.readUInt32BE(16), header.readUInt32BE(20)];
    return { width, style: `aspect-ratio: ${width} / ${height}` };
}

const images = (html, env) =>
    html.replace(/<img(\s[^>]*?src=")([^"]*)/g, (all, start, link) => {
        const known = shape(link, env);
        return `<img${known ? ` style="${known.style}"` : ''}${start}${figure(link, env)}`;
    });

export function forTheSite(md) {
    md.core.ruler.push('for-the-site', state => {
        const { env } = state;
        for (const token of state.tokens.flatMap(token => [token, ...(token.children ?? [])])) {
            if (/^html_/.test(token.type)) token.content = images(comments(token.content), env);
            if (token.type === 'image') {
                const link = token.attrGet('src');
                for (const [name, value] of Object.entries(shape(link, env) ?? {})) token.attrSet(name, value);
                token.attrSet('src', figure(link, env));
            }
            if (token.type === 'link_open') {
                token.attrSet('href', address(token.attrGet('href'), fileOf(env), pageFor(env)));
            }
        }
    });

    const fence = md.renderer.rules.fence;
    md.renderer.rules.fence = (tokens, i, options, env, self) => {
        const [language, file] = tokens[i].info.trim().split(/\s+/);
        let html = fence(tokens, i, options, env, self);
        if (language === 'cpp') html = linkNames(html, pageFor(env), path.posix.dirname(fileOf(env)));
        const page = file && pageOf(file);
        if (!page) return html;
        return html.replace(
            '>',
            ` data-file><a class="file" href="${fromPage(pageFor(env), page)}">${file}</a>`
        );
    };

    // A figure opens alone and large, for who reads on a phone.
    const image = md.renderer.rules.image;
    md.renderer.rules.image = (tokens, i, options, env, self) => {
        const html = image(tokens, i, options, env, self);
        if (tokens[i - 1]?.type === 'link_open') return html;
        return `<a href="${tokens[i].attrGet('src')}" target="_self">${html}</a>`;
    };

    // Indented code looks as the other does.
    md.renderer.rules.code_block = (...all) => md.renderer.rules.fence(...all);

    for (const rule of ['math_inline', 'math_block']) {
        const render = md.renderer.rules[rule];
        md.renderer.rules[rule] = (tokens, i, options, env, self) =>
            formulas.get(`${rule} ${tokens[i].content}`, () => render(tokens, i, options, env, self));
    }
}

// The code blocks of a page, for highlight.mjs.
export const codeIn = markdown =>
    [...markdown.matchAll(/^( *)```(\w+).*\n([^]*?)^\1```/gm)].map(([, indent, language, code]) => ({
        language,
        code: code.replace(new RegExp(`^${indent}`, 'gm'), '').replace(/\n$/, '')
    }));
