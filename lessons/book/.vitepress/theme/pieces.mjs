// What a page shows stands in its HTML alone, in pieces: text, and components between. Whoever follows a
// link inside the site gets it from there.
const known = new Map();
let isFirstPage = true;

const withoutIndex = page => page.replace(/index\.html$/, '');
export const piecesOf = page => known.get(withoutIndex(page)) ?? [];

const piecesIn = html =>
    [...html.querySelectorAll('.book-page > *')].map(piece =>
        piece.dataset.name ? { name: piece.dataset.name } : { html: piece.innerHTML }
    );

// Before a page is shown: the router waits for it.
export async function loadPieces(href) {
    const page = withoutIndex(new URL(href, location.href).pathname),
        isHere = isFirstPage;
    isFirstPage = false;
    if (known.has(page)) return;
    const html = isHere
        ? document
        : await fetch(page)
              .then(answer => (answer.ok ? answer.text() : ''))
              .then(text => new DOMParser().parseFromString(text, 'text/html'));
    known.set(page, piecesIn(html));
}
