// The pages under /source/: one for each source file, and one for each folder that has some.
import path from 'node:path';
import { fromPage } from './addresses.mjs';
import { folders, pages, read, sources, tour } from './course.mjs';
import { linkNames } from './definitions.mjs';
import { withExercises } from './exercises.mjs';
import { highlight, languageOf } from './highlight.mjs';
import { codeIn } from './markdown.mjs';

const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
const title = name => `<h1 tabindex="-1">${escape(name)}</h1>`;

const textOf = file => read(file).replace(/\n$/, '');

// All code that any page shows, for highlight.mjs.
export const allCode = () => [
    ...sources.map(file => ({ code: textOf(file), language: languageOf(file) })),
    ...pages.flatMap(page => codeIn(withExercises(page)))
];

// Each line has an anchor, #L12, and its number is a link to it.
function codeOf(file) {
    const language = languageOf(file);
    const html = highlight(textOf(file), language);
    const linked =
        language === 'cpp' ? linkNames(html, `source/${file}.html`, path.posix.dirname(file), file) : html;
    let n = 0;
    const numbered = linked.replace(
        /<span class="line">/g,
        start =>
            `<span class="line" id="L${++n}"><a href="#L${n}" tabindex="-1" aria-hidden="true" data-n="${n}"></a>`
    );
    const code = `<pre class="words numbered" tabindex="0"><code>${numbered}</code></pre>`;
    return `<div class="language-${language}">${code}</div>`;
}

// The way to the folder above, and above that.
function wayTo(name, page) {
    const steps = name.split('/');
    return `<p class="way">${['source', ...steps]
        .slice(0, -1)
        .map(
            (step, i) =>
                `<a href="${fromPage(page, ['source', ...steps.slice(0, i)].join('/') + '/')}">${escape(step)}</a> / `
        )
        .join('')}</p>`;
}

const inline = text => escape(text).replace(/`([^`]*)`/g, '<code>$1</code>');

function stopOf(file, page) {
    const stops = tour(),
        at = stops.findIndex(stop => stop.file === file);
    if (at < 0) return '';
    const to = (stop, rel) =>
        stop && `<a rel="${rel}" href="${fromPage(page, `source/${stop.file}.html`)}">${stop.file}</a>`;
    const { stop, line } = stops[at];
    return `<nav class="tour-stop" aria-label="Tour of the source">
<p class="where">Stop ${stop} of ${stops.at(-1).stop}</p><p>${inline(line)}</p>
<p class="ways">${to(stops[at - 1], 'prev') ?? ''} ${to(stops[at + 1], 'next') ?? ''}</p></nav>`;
}

const settings = { aside: false, outline: false, prev: false, next: false, pageClass: 'source' };

// What a file is about: the first sentence of the comment at its top; a header's may stand inside its
// namespace.
function about(file) {
    if (languageOf(file) === 'txt') return '';
    const text = read(file)
        .replace(/^#(include|pragma|!).*|^(namespace|using|struct \w+;|class \w+;).*/gm, '')
        .trimStart();
    const comment = /^(?:(?:\/\/|#) ?.*\n?)*/
        .exec(text)[0]
        .replace(/^(\/\/|#) ?/gm, '')
        .replace(/\s+/g, ' ')
        .trim();
    return /^.*?(?=[.:;]( [A-Z]|$)|: |$)/.exec(comment)[0];
}

function contentOfFolder(folder) {
    const isIn = name => path.posix.dirname(name) === (folder || '.');
    const items = [
        ...folders
            .filter(isIn)
            .map(
                name => `<a href="${path.posix.basename(name)}/">${escape(path.posix.basename(name))}/</a>`
            ),
        ...sources.filter(isIn).map(name => {
            const line = about(name);
            return (
                `<a href="${path.posix.basename(name)}.html">${escape(path.posix.basename(name))}</a>` +
                (line && `: ${inline(line)}`)
            );
        })
    ];
    return `<ul class="files">${items.map(item => `<li>${item}</li>`).join('\n')}</ul>`;
}

export const sourcePages = () => [
    ...sources.map(file => {
        const page = `source/${file}.html`;
        return {
            page,
            title: file,
            params: { file },
            settings,
            html: wayTo(file, page) + title(file) + stopOf(file, page) + codeOf(file)
        };
    }),
    ...['', ...folders].map(folder => {
        const page = path.posix.join('source', folder, 'index.html'),
            name = folder || 'The source';
        return {
            page,
            title: name,
            settings,
            html: (folder && wayTo(folder, page)) + title(name) + contentOfFolder(folder)
        };
    })
];
