// tests/run book: do the pages say what is so?
//
//   0.0935<!--test_bce-->            is that metric of the lesson's recorded run, to the digits shown
//   95.3%<!--probe_accuracy[0]-->    of a list; a hundred times the metric
//   0.21<!--denoising.test_bce-->    of an object
//   0.0935<!--02:test_bce-->         of another lesson
//   0.002<!--|published_gap|-->      whatever the metric's sign
//   32<!--options.hidden-->          an option of that run
//   <!--0.9694=dL_du-->              the number stands further up, in a formula or in a program's output
//
// The runs are in lessons/NN_name/figures/metrics.json, written by `lessons/run all --record`. And: a code
// block whose info string names a file (```cpp nn/optim.h) stands in that file, letter for letter; links
// lead somewhere; figures are there, with an SVG beside each PNG.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

// Spaces in place of what is no text, so that positions stay.
const blank = (text) => text.replace(/[^\n]/g, ' ');
const withoutCode = (text) => text.replace(/(`+)(?!`)[^`][^]*?(?<!`)\1(?!`)/g, blank);

// The code blocks of a page, and its text without them.
function split(source) {
    const blocks = [];
    const fenced = /^( *)(```+)([^\n`]*)\n([^]*?)^ *\2`*[ \t]*$/gm;
    const text = source.replace(fenced, (all, indent, fence, info, code, at) => {
        const outer = new RegExp(`^ {0,${indent.length}}`, 'gm');
        blocks.push({ at, info: info.trim(), lines: code.replace(outer, '').split('\n').slice(0, -1) });
        return blank(all);
    });
    return { blocks, text };
}

// ---- Numbers ----

// What may stand before a comment: 0.0935, -1,234.5, 12%, 1e-11, 2.2 \cdot 10^{-16}; in bold, code or a
// formula. Its parts: sign, digits, power of ten, % or ×.
const power = /(?:e([-+]?\d+)|\s*\\(?:cdot|times)\s*10\^\{?(-?\d+)\}?)?/.source;
const number = new RegExp(`(?<![\\w.,])([-−]?)(\\d[\\d,]*(?:\\.\\d+)?)${power}(\\\\?%|×)?[*\`$]*$`);
const binding = /<!--(?=\S)(?!>)([^\s>]*?)-->/g;

// The number at the end of a text: its value, and half a unit of its last digit.
function shown(text) {
    const found = number.exec(text);
    if (!found) return null;
    const [all, minus, digits, e, ten, sign] = found;
    const exponent = Number(e ?? ten ?? 0);
    const decimals = (digits.split('.')[1] ?? '').length;
    const percent = sign?.endsWith('%') ? 2 : 0;
    const scaled = (decimalsOf) => `e${exponent - percent - decimalsOf}`;
    return {
        text: all,
        value: (minus ? -1 : 1) * Number(digits.replaceAll(',', '') + scaled(0)),
        half: Number('0.5' + scaled(decimals)),
        // Another value in the same form.
        like: (value) => {
            const scale = e ? `e${e}` : ten ? ` \\cdot 10^{${ten}}` : '';
            return (value * 10 ** (percent - exponent)).toFixed(decimals) + scale + (percent ? '%' : sign ?? '');
        },
    };
}

const lastLines = (text, n) => text.split('\n').slice(-n).join('\n');

// Not as a part of a longer number; without the comments, which name numbers, too.
function standsIn(text, digits) {
    const at = digits.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?<![\\w.])${at}(?![\\w]|\\.\\d)`).test(text.replace(/<!--[^]*?-->/g, ''));
}

// The value that a name has, or a sentence that says why it has none.
function lookUp(run, name) {
    let value = name.startsWith('options.') ? run : run.metrics;
    let path = '';
    for (const [part, key, index] of name.matchAll(/\.?([^.[\]]+)|\[(\d+)\]/g)) {
        path += part;
        value = value?.[key ?? index];
        if (value === undefined || value === null) return `there is no ${path} among the recorded metrics`;
    }
    return typeof value === 'number' ? value : `${name} is no number: name one of ${Object.keys(value).length} in it`;
}

// ---- Code blocks ----

function dedent(lines) {
    const indents = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
    const least = Math.min(...indents);
    return lines.map((line) => (line.trim() ? line.slice(least) : ''));
}

// Where the lines stand in the file; or how they differ where they fit best.
function find(lines, file) {
    const wanted = dedent(lines);
    let best = { equal: 0 };
    for (let at = 0; at + wanted.length <= file.length; ++at) {
        const here = dedent(file.slice(at, at + wanted.length));
        const i = here.findIndex((line, k) => line !== wanted[k]);
        if (i < 0) return null;
        const same = here.filter((line, k) => line.trim() === wanted[k].trim());
        const equal = same.join('').replaceAll(' ', '').length;
        if (equal > best.equal) {
            best = { equal, line: i, wanted: wanted[i], there: here[i], at: at + i + 1 };
        }
    }
    return best;
}

// ---- Links ----

// GitHub's anchor of a heading.
const slug = (heading) => heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').trim().toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replace(/ /g, '-');

function anchorsOf(source) {
    const { text } = split(source);
    const anchors = new Set(), times = new Map();
    for (const [, heading] of text.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)) {
        const name = slug(heading), n = times.get(name) ?? 0;
        times.set(name, n + 1);
        anchors.add(n ? `${name}-${n}` : name);
    }
    for (const [, name] of source.matchAll(/<\w+[^>]*\s(?:id|name)="([^"]+)"/g)) anchors.add(name);
    return anchors;
}

function* linksOf(text) {
    const patterns = [
        /\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?:\s+"[^"]*")?\s*\)/g,  // [text](here), ![text](here)
        /^ {0,3}\[[^\]]+\]:\s*(\S+)/gm,
        /<(?:a|img|source)\b[^>]*?\s(?:href|src|srcset)="([^"]*)"/g,
    ];
    for (const pattern of patterns)
        for (const match of text.matchAll(pattern)) yield { at: match.index, target: match[1] };
}

// Why a link leads nowhere, or ''.
function problem(root, page, target) {
    const [path, anchor] = target.split('#');
    let file = path ? join(root, dirname(page), decodeURI(path)) : join(root, page);
    if (relative(root, file).startsWith('..')) return 'leads out of the repository';
    if (!existsSync(file)) return `leads nowhere: there is no ${relative(root, file)}`;
    if (target.includes('#') && !anchor) return 'has an empty anchor';
    if (statSync(file).isDirectory()) file = join(file, 'README.md');
    if (!anchor) return '';
    const name = relative(root, file);
    if (!existsSync(file)) return `has an anchor, but there is no ${name}`;
    const source = readFileSync(file, 'utf8');
    const lines = /^L(\d+)(?:-L(\d+))?$/.exec(anchor);
    if (lines && !file.endsWith('.md')) {
        const last = source.split('\n').length - 1;
        return Number(lines[2] ?? lines[1]) <= last ? '' : `leads behind the end of ${name}, which has ${last} lines`;
    }
    const anchors = anchorsOf(source);
    if (anchors.has(decodeURI(anchor))) return '';
    return `leads to no heading of ${name}: there are ${[...anchors].map((a) => '#' + a).join(' ')}`;
}

// ---- All of it ----

// The recorded run that a page shows: of lesson `number`, or of the page's own.
function runOf(root, page, number) {
    let folder = /^lessons\/\d\d_[^/]*/.exec(page)?.[0];
    if (number) {
        const name = readdirSync(join(root, 'lessons')).find((entry) => entry.startsWith(number + '_'));
        folder = name && `lessons/${name}`;
    }
    if (!folder && number) return `there is no lesson ${number}`;
    if (!folder) return 'this page is no lesson\'s: say which, as in <!--02:test_bce-->';
    const file = join(root, folder, 'figures', 'metrics.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    return `there is no ${relative(root, file)}: lessons/run ${folder.slice(8, 10)} --record writes it`;
}

// What is wrong in the pages, paths from the root, and how much was looked at.
export function check(root, pages) {
    const faults = [], pagesSeen = [], counts = { numbers: 0, blocks: 0, links: 0, figures: 0 };
    for (const page of pages) {
        const source = readFileSync(join(root, page), 'utf8');
        const { blocks, text } = split(source);
        const lineAt = (at) => source.slice(0, at).split('\n').length;
        const fault = (line, what) => faults.push({ page, line, what });
        const before = counts.numbers;

        for (const match of text.matchAll(binding)) {
            const [, above, of, magnitude, name] = /^(?:(.*)=)?(?:(\d\d):)?(\|?)(.*?)\|?$/.exec(match[1]);
            const number = shown(above ?? text.slice(Math.max(0, match.index - 80), match.index));
            const line = lineAt(match.index);
            const comment = match[0];
            ++counts.numbers;
            if (above && !standsIn(lastLines(source.slice(0, match.index), 40), above)) {
                fault(line, `${comment}: ${above} does not stand in the 40 lines above`);
                continue;
            }
            if (!number) {
                fault(line, `no number stands before ${comment}`);
                continue;
            }
            const run = runOf(root, page, of);
            const value = typeof run === 'string' ? run : lookUp(run, name);
            if (typeof value === 'string') {
                fault(line, `${above ? '' : number.text}${comment}: ${value}`);
                continue;
            }
            const right = magnitude ? Math.abs(value) : value;
            if (Math.abs(number.value - right) > number.half * (1 + 1e-9))
                fault(line, `${number.text} stands there, but ${name} is ${value}: ${number.like(right)} is right`);
        }

        for (const { at, info, lines } of blocks) {
            const [language, path] = info.split(/\s+/);
            const line = lineAt(at);
            if (language === 'cpp' && !path)
                fault(line, 'the block names no file: say ```cpp PATH, or ```cpp example where it is from none');
            if (!path || path === 'example') continue;
            ++counts.blocks;
            if (!existsSync(join(root, path))) {
                fault(line, `the block names ${path}, which is not there`);
                continue;
            }
            const difference = find(lines, readFileSync(join(root, path), 'utf8').split('\n'));
            if (difference?.equal)
                fault(line + 1 + difference.line,
                    `'${difference.wanted}' stands there, but in ${path}:${difference.at} '${difference.there}'`);
            else if (difference)
                fault(line + 1, `'${lines[0]?.trim()}', and no line of the block, stands in ${path}`);
        }

        const figures = [];
        for (const { at, target } of linksOf(withoutCode(text))) {
            if (/^[a-z][a-z+.-]*:/i.test(target)) continue;  // to elsewhere
            const isFigure = /\.(png|svg|jpe?g|gif)$/i.test(target);
            ++counts[isFigure ? 'figures' : 'links'];
            const wrong = problem(root, page, target);
            if (wrong) fault(lineAt(at), `${target} ${wrong}`);
            else if (/\bfigures\/[^/]*\.png$/.test(target) && problem(root, page, target.replace(/png$/, 'svg')))
                fault(lineAt(at), `${target} has no SVG beside it: record the lesson`);
        }
        pagesSeen.push({ page, numbers: counts.numbers - before });
    }
    faults.sort((a, b) => pages.indexOf(a.page) - pages.indexOf(b.page) || a.line - b.line);
    return { faults, counts, pages: pagesSeen };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const flags = ['-z', '--cached', '--others', '--exclude-standard', '--exclude=node_modules', '*.md'];
    const pages = execFileSync('git', ['ls-files', ...flags], { cwd: root, encoding: 'utf8' })
        .split('\0').filter((page) => page && existsSync(join(root, page)));
    const { faults, counts, pages: seen } = check(root, pages);
    for (const { page, numbers } of seen) if (numbers) console.log(`${page}: ${numbers} numbers are bound`);
    for (const { page, line, what } of faults) console.log(`${page}:${line}: ${what}`);
    const all = Object.entries(counts).map(([what, n]) => `${n} ${what}`).join(', ');
    console.log(`${pages.length} pages, ${all}: ${faults.length ? `${faults.length} faults` : 'all is right'}`);
    process.exitCode = faults.length ? 1 : 0;
}
