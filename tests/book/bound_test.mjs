// Does bound.mjs find what is wrong? Pages with planted faults, in a small repository of their own.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

import { check } from './bound.mjs';

const root = mkdtempSync(join(tmpdir(), 'bound_test-'));
after(() => rmSync(root, { recursive: true }));

function write(path, text) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
}

write('lessons/02_b/figures/metrics.json', JSON.stringify({
    lesson: '02_b',
    options: { hidden: 32 },
    metrics: {
        test_bce: 0.09348, gap: -0.0021, tiny: 3.46e-11, share: 0.9527, many: 50992.2, half: 0.125, neat: 0.3,
        list: [1.5, 2.25], noise: { 'test_bce': 0.21, '0.5': 7 }, lost: null,
    },
}));
write('lessons/03_c/figures/metrics.json', JSON.stringify({ options: {}, metrics: { floor: 143.84 } }));
write('lessons/02_b/figures/loss.png', '');
write('lessons/02_b/figures/loss.svg', '');
write('lessons/02_b/figures/bare.png', '');
write('lessons/02_b/main.cpp', 'int main() {\n    for (;;) {\n        step();\n\n        show();\n    }\n}\n');

const page = 'lessons/02_b/README.md';

// What is found in a page.
function faults(text, where = page) {
    write(where, text);
    return check(root, [where]).faults.map(({ line, what }) => `${line}: ${what}`);
}
const right = (text, where) => assert.deepEqual(faults(text, where), []);
function wrong(text, ...expected) {
    const found = faults(text);
    assert.equal(found.length, expected.length, found.join('\n'));
    expected.forEach((words, i) => assert.ok(found[i].includes(words), `${found[i]}\nshould say\n${words}`));
}

test('numbers are compared to the digits shown', () => {
    right('0.0935<!--test_bce--> 0.093<!--test_bce--> 0.09<!--test_bce-->');
    right('**0.0935**<!--test_bce-->, `0.0935`<!--test_bce-->, 50,992<!--many-->, 2.2×<!--list[1]-->');
    right('95.3%<!--share-->, 95%<!--share-->, $95.3\\%$<!--share-->, 3.5e-11<!--tiny-->, 3e-11<!--tiny-->');
    right('$3.46 \\cdot 10^{-11}$<!--tiny-->, $3.5\\cdot10^{-11}$<!--tiny-->');
    right('-0.0021<!--gap-->, −0.002<!--gap-->, $-0.002$<!--gap-->, 0.002<!--|gap|-->, 0.3000<!--neat-->');
    right('0.12<!--half--> and 0.13<!--half-->: a half is rounded either way');
    right('1.5<!--list[0]-->, 0.21<!--noise.test_bce-->, 32<!--options.hidden-->, 143.8<!--03:floor-->');
    right('| 0.0935<!--test_bce--> | 143.84<!--03:floor--> |');
    right('143.8<!--03:floor--> on the front page', 'README.md');
});

test('a number that is off is told, with what is right', () => {
    wrong('# a\n\n0.0934<!--test_bce-->',
        '3: 0.0934 stands there, but test_bce is 0.09348: 0.0935 is right');
    wrong('0.094<!--test_bce-->', '0.093 is right');
    wrong('95.2%<!--share-->', '95.3% is right');
    wrong('3.4e-11<!--tiny-->', '3.5e-11 is right');
    wrong('$3.4 \\cdot 10^{-11}$<!--tiny-->', '3.5 \\cdot 10^{-11} is right');
    wrong('3.46e-10<!--tiny-->', '0.35e-10 is right');
    wrong('0.0021<!--gap-->', '-0.0021 is right');
    wrong('50,993<!--many-->', '50992 is right');
    wrong('0.0935 nats<!--test_bce-->', 'no number stands before <!--test_bce-->');
    wrong('143.7<!--03:floor-->', '143.8 is right');
});

test('a number in a formula or in output is bound from below', () => {
    right('$$x = 0.0935$$\n\n<!--0.0935=test_bce-->\n');
    right('```\nmany 50,992, +3.5e-11\n```\n\n<!--50,992=many--> <!--3.5e-11=tiny-->');
    right('$143.8$\n\n<!--143.8=03:floor-->');
    wrong('$$x = 0.0934$$\n\n<!--0.0934=test_bce-->', '3: 0.0934 stands there, but test_bce is 0.09348');
    wrong('$$x = 10.0935$$\n\n<!--0.0935=test_bce-->', '0.0935 does not stand in the 40 lines above');
    wrong('0.0935' + '\n'.repeat(50) + '<!--0.0935=test_bce-->', '0.0935 does not stand in the 40 lines above');
});

test('a metric that is not there is told', () => {
    wrong('1<!--tset_bce-->', 'there is no tset_bce among the recorded metrics');
    wrong('1<!--noise.bce-->', 'there is no noise.bce');
    wrong('1<!--list[2]-->', 'there is no list[2]');
    wrong('1<!--list-->', 'list is no number');
    wrong('1<!--lost-->', 'there is no lost');
    wrong('1<!--04:x-->', 'there is no lesson 04');
    assert.match(faults('1<!--floor-->', 'README.md')[0], /say which/);
    assert.match(faults('1<!--x-->', 'lessons/05_e/README.md')[0], /no lessons\/05_e\/figures\/metrics.json/);
});

test('other comments and code are left alone', () => {
    right('<!-- live: 02 -->\n\n<!-- a note -->\n\n```\n0.5<!--nothing-->\n```\n');
});

const block = (info, code) => '```' + info + '\n' + code + '```\n';

test('code blocks stand in their files', () => {
    right(block('cpp lessons/02_b/main.cpp', 'step();\n\nshow();\n'));
    right(block('cpp lessons/02_b/main.cpp', 'for (;;) {\n    step();\n\n    show();\n}\n'));
    right(block('cpp example', 'anything();\n') + block('', 'lessons/run 02\n') + block('python', 'f()\n'));
    wrong('text\n' + block('cpp lessons/02_b/main.cpp', 'step();\n\nhide();\n'),
        "5: 'hide();' stands there, but in lessons/02_b/main.cpp:5 'show();'");
    wrong(block('cpp lessons/02_b/main.cpp', 'for (;;) {\nstep();\n\n    show();\n}\n'),
        "3: 'step();' stands there, but in lessons/02_b/main.cpp:3 '    step();'");
    wrong(block('cpp lessons/02_b/main.cpp', 'never();\n'), "2: 'never();', and no line of the block, stands in");
    wrong(block('cpp lessons/02_b/mian.cpp', 'step();\n'), '1: the block names lessons/02_b/mian.cpp, which is not there');
    wrong(block('cpp', 'step();\n'), '1: the block names no file');
});

test('links lead somewhere', () => {
    write('lessons/03_c/README.md', '# The formula\n\n## `f` & g: *two*\n\n## The formula\n\n<a id="here"></a>\n');
    right('[a](main.cpp) [b](../03_c/) [c](../../lessons) [d](https://example.org/x) [e](mailto:a@b.c) [f](main.cpp#L7)');
    right('# Own\n[a](../03_c/#the-formula) [b](../03_c/README.md#the-formula-1) [c](../03_c/#f--g-two) [d](#own) [e](../03_c/#here)');
    right('[over two\nlines](main.cpp) [`code`](main.cpp "title") `[no](link)` and ```[no](link)```');
    wrong('# x\n[a](mian.cpp)', '2: mian.cpp leads nowhere: there is no lessons/02_b/mian.cpp');
    wrong('[`a`][r]\n\n[r]: nowhere.h', '3: nowhere.h leads nowhere');
    wrong('<a href="nowhere.h">x</a>', '1: nowhere.h leads nowhere');
    wrong('[a](../03_c/#formula)', 'leads to no heading of lessons/03_c/README.md: there are #the-formula');
    wrong('[a](#own)', 'leads to no heading of lessons/02_b/README.md');
    wrong('[a](main.cpp#L8)', 'leads behind the end of lessons/02_b/main.cpp, which has 7 lines');
    wrong('[a](../../../x)', 'leads out of the repository');
});

test('figures are there, as SVG, too', () => {
    right('![loss](figures/loss.png)\n\n<img src="figures/loss.png" width="300" alt="loss">');
    wrong('![loss](figures/lost.png)', '1: figures/lost.png leads nowhere');
    wrong('text\n\n<img src="figures/bare.png" width="300">', '3: figures/bare.png has no SVG beside it');
});

test('all is counted', () => {
    write(page, '1.5<!--list[0]--> ![loss](figures/loss.png) [a](main.cpp)\n\n' + block('cpp lessons/02_b/main.cpp', 'step();\n'));
    const { counts, pages } = check(root, [page]);
    assert.deepEqual(counts, { numbers: 1, blocks: 1, links: 1, figures: 1 });
    assert.deepEqual(pages, [{ page, numbers: 1 }]);
});
