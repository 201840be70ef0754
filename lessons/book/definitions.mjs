// Where a name is defined: the classes, functions and constants that the headers declare outside of any
// class. In this code they begin at the start of a line, so that an expression for each finds them.
import path from 'node:path';
import { isPageOfSource, read, sources } from './course.mjs';
import { fromPage } from './addresses.mjs';

const patterns = [
    /^(?:template <.*> ?)?(?:struct|class|enum class|concept)\s+(\w+)(?![^{]*;)/,
    /^(?:template <.*> ?)?concept (\w+) =/,
    /^using (\w+) =/,
    /^(?:inline )?constexpr [\w:<>, ]+ (\w+)(?:\[\d*\])? ?[={]/,
    /^(?!\s|return|using|namespace|static_assert|struct|class|enum)[\w:<>,&*[\] ]*[\w>&*] [&*]?(\w+)\(/
];

const definitions = new Map(); // name -> [{ file, line, isFunction }]
for (const file of sources.filter(file => /^(autograd|nn|lessons\/(\d|support))\S*\.h$/.test(file))) {
    const lines = read(file).split('\n');
    lines.forEach((text, i) => {
        const which = patterns.findIndex(pattern => pattern.test(text));
        if (which < 0) return;
        const name = patterns[which].exec(text)[1];
        if (!definitions.has(name)) definitions.set(name, []);
        let from = i; // where what is said of it begins
        while (/^(\/\/|template)/.test(lines[from - 1] ?? '')) --from;
        definitions.get(name).push({ file, line: i + 1, from: from + 1, isFunction: which === 4 });
    });
}

export const definitionsIn = file =>
    [...definitions].flatMap(([name, places]) =>
        places
            .filter(place => place.file === file)
            .slice(0, 1)
            .map(place => ({ name, line: place.line }))
    );

// A name that several files define means none of them, unless one of these lies in the reader's own folder.
export function find(name, folder) {
    const places = definitions.get(name) ?? [];
    const files = [...new Set(places.map(place => place.file))];
    const own = files.filter(file => path.posix.dirname(file) === folder);
    const file = files.length === 1 ? files[0] : own.length === 1 ? own[0] : undefined;
    return places.find(place => place.file === file);
}

// Highlighted code with its names as links. `page` is where it stands in the site, `folder` in the
// repository.
export function linkNames(html, page, folder, itself = '') {
    let inside = '',
        before = '';
    const pieces = html.split(/(<[^>]*>)/);
    return pieces
        .map((piece, i) => {
            if (i % 2 === 1) {
                inside = /class="(\w+)"/.exec(piece)?.[1] ?? '';
                return piece;
            }
            if (inside === 'comment') return piece;
            if (inside === 'string') {
                return piece.replace(/(?<=&quot;)[\w/.]+\.h(?=&quot;)/, file =>
                    isPageOfSource.has(file)
                        ? `<a href="${fromPage(page, `source/${file}.html`)}">${file}</a>`
                        : file
                );
            }
            const linked = piece.replace(/&\w+;|\w+/g, (name, at) => {
                const place = /^[A-Za-z_]/.test(name) && find(name, folder);
                const left = before + piece.slice(0, at),
                    right = piece.slice(at + name.length) || pieces[i + 2] || '';
                // A member of something, or of another namespace, is not what is meant.
                if (!place || place.file === itself || /(\.|-&gt;|\bstd::|[A-Z]\w*::)$/.test(left))
                    return name;
                if (place.isFunction && !/^\s*\(/.test(right)) return name;
                return `<a href="${fromPage(page, `source/${place.file}.html`)}#L${place.from}">${name}</a>`;
            });
            before = (before + piece).slice(-40);
            return linked;
        })
        .join('');
}
