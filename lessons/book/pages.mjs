// The pages of the course: its Markdown files, as HTML.
import { createMarkdownRenderer } from 'vitepress';
import { lessons, pages, read, root } from './course.mjs';
import { withExercises } from './exercises.mjs';
import { highlight } from './highlight.mjs';
import { forTheSite } from './markdown.mjs';

const markdown = await createMarkdownRenderer(root, {
    math: true,
    highlight: (code, language) =>
        `<pre class="words" tabindex="0"><code>${highlight(code.replace(/\n$/, ''), language)}</code></pre>`,
    // The anchors of headings are GitHub's.
    anchor: {
        slugify: title =>
            title
                .toLowerCase()
                .replace(/[^\p{L}\p{N}\s_-]/gu, '')
                .replace(/\s/g, '-')
    },
    config: forTheSite
});

function settingsOf(page) {
    if (page === 'index.html') return { aside: false, outline: false };
    return lessons.at(-1).link === `/${page.replace('index.html', '')}` ? { next: false } : {};
}

// { page: its place in the site, title, html, settings: VitePress's frontmatter }
export const coursePages = () =>
    pages.map(file => {
        const page = file.replace(/README\.md$/, 'index.html');
        const html = markdown.render(withExercises(file), {
            relativePath: page.replace(/html$/, 'md'),
            path: file
        });
        return { page, title: /^# (.*)/m.exec(read(file))[1], html, settings: settingsOf(page) };
    });
