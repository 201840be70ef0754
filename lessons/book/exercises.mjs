// A lesson's page with the hints and the solution of each exercise, folded, below the exercise. On the page stands
// what is to be done; the rest stands in exercises/N.md, in the format of lessons/support/check/README.md.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { read, root } from './course.mjs';

function folded(title, text) {
    return `<details class="folded"><summary>${title}</summary>\n\n${text.replace(/^\n+|\s+$/g, '')}\n\n</details>`;
}

function hintsAndSolution(file) {
    const parts = read(file).matchAll(/^## (Hint|Solution)\n([^]*?)(?=^## |$(?![^]))/gm);
    let hints = 0;
    return [...parts].map(([, kind, text]) => folded(kind === 'Hint' ? `Hint ${++hints}` : kind, text));
}

export function withExercises(page) {
    const [before, exercises, after] = read(page).split(/^(?=## Exercises$)|(?<=^## Exercises$[^]*?)^(?=## )/m);
    if (!exercises) return read(page);
    const items = exercises.replace(/^(\d+)\. [^]*?(?=^\S|$(?![^]))/gm, (item, number) => {
        const file = path.posix.join(path.posix.dirname(page), 'exercises', `${number}.md`);
        if (!existsSync(path.join(root, file))) return item;
        // Indented, it stays a part of the list's item.
        const below = hintsAndSolution(file).join('\n\n').replace(/^(?=.)/gm, '   ');
        return `${item.trimEnd()}\n\n${below}\n\n`;
    });
    return before + items + (after ?? '');
}
