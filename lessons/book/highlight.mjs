// Code as lines of coloured words: shiki finds what each word is, theme/code.css says which colour that
// is on paper and on a dark screen. shiki takes seconds to load, so it is asked only for what the cache
// does not have.
import { cacheOf } from './cache.mjs';

// The colours of the theme github-light stand for what a word is.
const kinds = {
    '#D73A49': 'keyword',
    '#6F42C1': 'function',
    '#032F62': 'string',
    '#6A737D': 'comment',
    '#E36209': 'parameter',
    '#005CC5': 'constant',
    '#22863A': 'tag'
};
const grammars = {
    cpp: 'cpp',
    sh: 'bash',
    bash: 'bash',
    cmake: 'cmake',
    python: 'python',
    py: 'python',
    mjs: 'javascript',
    js: 'javascript',
    vue: 'vue',
    css: 'css'
};
const cache = cacheOf(import.meta.url);
const key = (code, language) => `${grammars[language]}\n${code}`;
let shiki;

const escape = text =>
    text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

// Has to be called, with all the code there is, before `highlight` can answer at once.
export async function prepare(pieces) {
    const missing = pieces.filter(
        ({ code, language }) => grammars[language] && !cache.has(key(code, language))
    );
    if (missing.length === 0) return;
    const { createHighlighter } = await import('shiki');
    shiki = await createHighlighter({
        themes: ['github-light'],
        langs: [...new Set(Object.values(grammars))]
    });
    for (const { code, language } of missing) highlight(code, language);
}

// One string of HTML, a <span class="line"> for each line.
export function highlight(code, language) {
    const plain = () =>
        code
            .split('\n')
            .map(line => `<span class="line">${escape(line)}</span>`)
            .join('\n');
    if (!grammars[language] || !(shiki || cache.has(key(code, language)))) return plain();
    return cache.get(key(code, language), () =>
        shiki
            .codeToTokensBase(code, { lang: grammars[language], theme: 'github-light' })
            .map(tokens => `<span class="line">${tokens.map(word).join('')}</span>`)
            .join('\n')
    );
}

function word({ content, color }) {
    const kind = kinds[color?.toUpperCase()];
    return kind && content.trim() ? `<span class="${kind}">${escape(content)}</span>` : escape(content);
}

export const languageOf = file =>
    /\.(h|cpp)$/.test(file)
        ? 'cpp'
        : /CMakeLists\.txt$/.test(file)
          ? 'cmake'
          : /(^|\/)(run|check)$/.test(file)
            ? 'bash'
            : (/\.(\w+)$/.exec(file)?.[1] ?? 'txt');
