import { get } from './loader.mjs';

// The images of a sheet, a PNG with 8 bits a pixel, grey, one after the other; side: that of an image. By a canvas it
// would take five times as long.
export async function decodeSheet(url, side) {
    const file = new Uint8Array(await (await get(url)).arrayBuffer()), view = new DataView(file.buffer);
    const width = view.getUint32(16), height = view.getUint32(20), data = [];
    for (let at = 8; at < file.length; at += 12 + view.getUint32(at))
        if (view.getUint32(at + 4) === 0x49444154)  // IDAT
            data.push(file.subarray(at + 8, at + 8 + view.getUint32(at)));
    const inflated = new Blob(data).stream().pipeThrough(new DecompressionStream('deflate'));
    const rows = new Uint8Array(await new Response(inflated).arrayBuffer());
    const pixels = new Uint8Array(width * height), across = width / side;
    let above = new Uint8Array(width), row = new Uint8Array(width);
    for (let y = 0; y < height; ++y) {
        const from = y * (width + 1) + 1;
        undo(rows[from - 1], rows.subarray(from, from + width), above, row);
        const to = (Math.floor(y / side) * across * side + y % side) * side;
        for (let i = 0; i < across; ++i)
            for (let x = 0; x < side; ++x) pixels[to + i * side * side + x] = row[i * side + x];
        [above, row] = [row, above];
    }
    return { pixels, count: pixels.length / side ** 2, width: side, height: side };
}

// A row is stored as differences from a guess, which its filter makes of the neighbours (PNG, section 9).
function undo(filter, stored, above, row) {
    if (filter === 0) return row.set(stored);
    for (let x = 0, left = 0, corner = 0; x < row.length; ++x) {
        const up = above[x];
        let guess = filter === 1 ? left : filter === 2 ? up : (left + up) >> 1;
        if (filter === 4) {  // Paeth's: the neighbour that is nearest to left + up - corner
            const a = Math.abs(up - corner), b = Math.abs(left - corner), c = Math.abs(left + up - 2 * corner);
            guess = a <= b && a <= c ? left : b <= c ? up : corner;
        }
        corner = up;
        row[x] = stored[x] + guess;
        left = row[x];
    }
}
