// The built book in a browser, as a static host would serve it, under a path of its own: node --test site_test.mjs,
// with BOOK naming the folder that `lessons/run book --build` made.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { launch, serve, watchedPage } from './browser.mjs'

const book = path.resolve(process.env.BOOK), root = fileURLToPath(new URL('../..', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const files = readdirSync(book, { recursive: true }).filter(file => file.endsWith('.html') && file !== '404.html')
const isSource = file => file.startsWith('source/')
const course = files.filter(file => !isSource(file))

let server, browser
before(async () => {
    server = await serve(book, '/some/where/deep/')
    browser = await launch()
})
after(async () => {
    await browser.close()
    server.close()
})

const address = file => server.root + file.replace(/(^|\/)index\.html$/, '$1')

// Runs `look` on a page for each file; all faults together, so that one run tells all.
async function onEach(chosen, options, look) {
    const found = [], { page, faults } = await watchedPage(browser, options)
    for (const file of chosen) {
        await page.goto(address(file), { waitUntil: 'load' })
        await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__)
        for (const fault of [...(await look(page, file)), ...faults.splice(0)]) found.push(`${file}: ${fault}`)
    }
    await page.close()
    assert.deepEqual(found, [])
}

// What a page of Markdown should have: its formulas, but not those in code.
function formulas(markdown) {
    const prose = markdown.replace(/^(```+)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
    const blocks = prose.match(/\$\$[\s\S]+?\$\$/g) ?? []
    const inline = prose.replace(/\$\$[\s\S]+?\$\$/g, '').match(/\$(?!\s)[^$]+?(?<!\s)\$(?!\d)/g) ?? []
    return blocks.length + inline.length
}

const sidewaysScroll = page => page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
    return wide > 0 ? [`${wide} pixels too wide at ${innerWidth}`] : []
})

test('every page of the course: formulas, images, width, nothing in error', async () => {
    await onEach(course, { viewport: { width: 1280, height: 800 } }, async (page, file) => {
        const faults = await sidewaysScroll(page)
        const source = path.join(root, file.replace(/index\.html$/, 'README.md').replace(/\.html$/, '.md'))
        const wanted = formulas(readFileSync(source, 'utf8'))
        const seen = await page.evaluate(async () => {
            for (const image of document.images) image.loading = 'eager'
            await Promise.all([...document.images].map(image => image.decode().catch(() => {})))
            return {
                formulas: document.querySelectorAll('mjx-container').length,
                wrong: document.querySelectorAll('mjx-merror, [data-mjx-error]').length,
                broken: [...document.images].filter(image => !image.naturalWidth).map(image => image.src),
                left: (document.querySelector('.vp-doc')?.innerText.match(/<!--|-->|\$\$/g) ?? []).length,
            }
        })
        if (seen.formulas !== wanted) faults.push(`${seen.formulas} formulas of ${wanted}`)
        if (seen.wrong) faults.push(`${seen.wrong} formulas in error`)
        if (seen.left) faults.push('comments or dollar signs are left in the text')
        return [...faults, ...seen.broken.map(image => `no image: ${image}`)]
    })
})

test('a phone reads every page of the course without sideways scrolling', async () => {
    await onEach(course, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, sidewaysScroll)
})

test('source pages: three of them at both widths', async () => {
    const some = ['source/autograd/kernels/gemm.cpp.html', 'source/lessons/02_autoencoder/main.cpp.html', 'source/lessons/run.html']
    for (const width of [1280, 390])
        await onEach(some, { viewport: { width, height: 800 } }, async (page, file) => {
            const code = await page.evaluate(() => document.querySelector('.vp-doc pre').innerText.length)
            return [...(await sidewaysScroll(page)), ...(code > 500 ? [] : [`${file} shows no code`])]
        })
})

for (const theme of ['light', 'dark'])
    test(`axe-core finds nothing serious, ${theme}`, async () => {
        const some = [...course, 'source/autograd/tensor.h.html']
        await onEach(some, { viewport: { width: 1280, height: 800 }, colorScheme: theme }, async page => {
            await page.evaluate(axe)
            const { violations } = await page.evaluate(() => window.axe.run())
            return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).flatMap(
                ({ id, nodes }) => nodes.slice(0, 3).map(node => `${id}: ${node.target.join(' ')}`))
        })
    })

// Every link of every page, source pages too, without a browser: the file is there, and so is the anchor.
test('every link leads somewhere', () => {
    const html = new Map(), faults = []
    const read = file => {
        if (!html.has(file)) {
            let text = ''
            try { text = readFileSync(path.join(book, file), 'utf8') } catch { text = null }
            html.set(file, text)
        }
        return html.get(file)
    }
    const here = 'http://book/some/where/deep/'
    for (const file of files) {
        const base = new URL(file, here)
        for (const [, href] of read(file).matchAll(/<a\s[^>]*?href="([^"]*)"/g)) {
            const url = new URL(href.replaceAll('&amp;', '&'), base)
            if (url.host !== 'book') continue
            const target = decodeURIComponent(url.href.slice(here.length).replace(/[#?].*/, ''))
            const name = target === '' || target.endsWith('/') ? target + 'index.html' : target
            const text = url.href.startsWith(here) ? read(name) : null
            if (text === null) faults.push(`${file}: ${href} leads nowhere`)
            else if (url.hash && name.endsWith('.html') && !text.includes(`id="${decodeURIComponent(url.hash.slice(1))}"`))
                faults.push(`${file}: ${href} has no such anchor`)
        }
    }
    assert.deepEqual([...new Set(faults)], [])
})

test('the search finds a page and a source', async () => {
    const { page, faults } = await watchedPage(browser, { viewport: { width: 1280, height: 800 } })
    await page.goto(server.root)
    await page.keyboard.press('Control+k')
    for (const [words, where] of [['contractive jacobian', 'lessons/11_contractive/'], ['multiply_tile', 'source/autograd/kernels/gemm.cpp']]) {
        await page.fill('#localsearch-input', words)
        await page.waitForFunction(target => [...document.querySelectorAll('.VPLocalSearchBox a.result')].some(
            link => link.href.includes(target)), where)
    }
    await page.close()
    assert.deepEqual(faults, [])
})

test('a page is small before anything is asked to train', async () => {
    for (const file of course) {
        const before = server.bytes, { page } = await watchedPage(browser, { viewport: { width: 1280, height: 800 } })
        await page.goto(address(file), { waitUntil: 'load' })
        await page.waitForTimeout(500)  // for what scripts ask for
        await page.close()
        const bytes = server.bytes - before
        assert.ok(bytes < 4e6, `${file}: ${bytes} bytes`)
    }
})
