// How the search takes a text apart: into words, and names such as test_bce as a whole, too. (VitePress hands it to the
// browser as text: it must not need anything else.)
export const words = text => [...text.split(/[\n\r\p{Z}\p{P}]+/u), ...(text.match(/\w+_\w+/g) ?? [])];
