// The frame of the site, see frame.mjs.
import { defineConfig } from 'vitepress';
import { inFrame } from '../course.mjs';
import { base } from '../relocate.mjs';
import { words } from '../words.mjs';

// An hourglass.
const icon =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">' +
    '<path d="M2 1h12L9 8l5 7H2l5-7z" fill="#3a5ccc"/></svg>';

// The search box asks for an index for each language. Ours is a file of its own, made by search.mjs.
const searchIndex = {
    name: 'search-index',
    enforce: 'pre',
    load: id =>
        id === '/@localSearchIndex'
            ? `export default { root: async () => {
        const index = await (await fetch(siteBase + 'search.json')).text();
        return { default: index.replaceAll('"~/', '"' + siteBase) };
    } }`
            : undefined
};

export default defineConfig({
    title: 'Hourglass',
    description: 'Autoencoders from scratch in C++: a course whose lessons train in the page',
    lang: 'en',
    base,
    head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
    srcExclude: ['node_modules/**'],
    metaChunk: true,
    themeConfig: {
        search: {
            provider: 'local',
            options: {
                disableDetailedView: true,
                miniSearch: {
                    options: { tokenize: words },
                    searchOptions: {
                        // Pages come first, tests and checks of exercises last.
                        boostDocument: id =>
                            /\/source\/(tests|.*\/exercises)\//.test(id) ? 0.2 : id.includes('/source/') ? 1 : 4
                    }
                }
            }
        },
        outline: [2, 3],
        sidebar: [
            {
                items: [
                    { text: 'Hourglass', link: '/' },
                    { text: 'The course', link: '/lessons/' }
                ]
            },
            ...inFrame()
                .parts.filter(part => part.lessons.length)
                .map(part => ({
                    text: part.title,
                    items: part.lessons.map(({ number, title, link }) => ({
                        text: `${number} ${title}`,
                        link
                    }))
                }))
        ]
    },
    vite: { plugins: [searchIndex], publicDir: false }
});
