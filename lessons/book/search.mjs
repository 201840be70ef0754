// The index of the search: the sections of the pages, and the sources by what they define. VitePress's
// search box loads it when it opens.
import MiniSearch from 'minisearch';
import { cacheOf } from './cache.mjs';
import { read, sources } from './course.mjs';
import { definitionsIn } from './definitions.mjs';
import { languageOf } from './highlight.mjs';
import { words } from './words.mjs';

const cache = cacheOf(import.meta.url);
const options = { fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'], tokenize: words };
const plain = html =>
    html
        .replace(/<mjx-[^]*?<\/mjx-container>/g, '')
        .replace(/<[^>]*>/g, '')
        .replace(/&ZeroWidthSpace;/g, '')
        .trim();

function* sectionsOfPage({ page, html }) {
    const parts = html.split(/<h([1-6]) id="([^"]*)"[^>]*>(.*?)<\/h\1>/);
    const titles = [];
    for (let i = 1; i < parts.length; i += 4) {
        const level = Number(parts[i]),
            title = plain(parts[i + 2]);
        titles.length = level - 1;
        const anchor = level === 1 ? '' : `#${parts[i + 1]}`;
        yield {
            id: `~/${page.replace(/index\.html$/, '')}${anchor}`,
            title,
            titles: titles.filter(Boolean),
            text: plain(parts[i + 3])
        };
        titles.push(title);
    }
}

// A source's sections are its definitions, each with the text from there to the next.
function* sectionsOfSource(file) {
    const lines = read(file).split('\n');
    const starts = languageOf(file) === 'cpp' ? definitionsIn(file).sort((a, b) => a.line - b.line) : [];
    const text = (from, to) => lines.slice(from, to).join('\n');
    const end = i => (starts[i] ? starts[i].line - 1 : lines.length);
    yield { id: `~/source/${file}.html`, title: file, titles: [], text: text(0, end(0)) };
    for (const [i, { name, line }] of starts.entries()) {
        yield {
            id: `~/source/${file}.html#L${line}`,
            title: name,
            titles: [file],
            text: text(line - 1, end(i + 1))
        };
    }
}

// As JSON; a place in it begins with ~/, which .vitepress/config.mjs replaces by where the site lies.
export function searchIndex(coursePages) {
    const ofSources = cache.get(sources.map(file => `${file}\n${read(file)}`).join(), () => {
        const index = new MiniSearch(options);
        for (const file of sources) index.addAll([...sectionsOfSource(file)]);
        return JSON.stringify(index);
    });
    const index = MiniSearch.loadJSON(ofSources, options);
    for (const page of coursePages) index.addAll([...sectionsOfPage(page)]);
    return JSON.stringify(index);
}
