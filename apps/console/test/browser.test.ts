import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockEvent, startConsole } from './console-server.ts'
import type { ConsoleServer } from './console-server.ts'

const executable = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
const isBuilt = existsSync(fileURLToPath(new URL('../dist/web/index.html', import.meta.url)))
const canRun = executable !== undefined && isBuilt
const shots =
  process.env['SCREENSHOTS'] ?? fileURLToPath(new URL('../../../coverage/screenshots', import.meta.url))

// Chromium's own background connections are switched off: a test speaks to loopback only.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP rebind.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

let browser: Browser
let server: ConsoleServer

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${server.url}/#login=${server.links.create('admin')}`)
  await page.getByRole('heading', { name: 'Layers' }).waitFor()
  return page
}

/** Relative luminance and contrast (WCAG 2.2, section 1.4.3) of all visible text against its ground. */
async function lowestContrast(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    const rgb = (colour: string): number[] => {
      if (canvas === null) return [0, 0, 0, 0]
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const luminance = (parts: number[]): number => {
      const [r = 0, g = 0, b = 0] = parts
        .slice(0, 3)
        .map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const ground = (element: Element | null): number[] => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = rgb(getComputedStyle(at).backgroundColor)
        if (colour[3] === 255) return colour
      }
      return [255, 255, 255, 255]
    }
    let lowest = 21
    for (const element of document.querySelectorAll('h1,h2,p,td,th,dt,dd,a,button,label,span,li,b')) {
      if (
        element.textContent.trim() === '' ||
        element.getClientRects().length === 0 ||
        element.closest('.skip') !== null
      )
        continue
      const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(ground(element))]
      lowest = Math.min(lowest, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05))
    }
    return lowest
  })
}

describe.skipIf(!canRun)('the console in a browser (needs Chromium and a built page)', () => {
  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    browser = await chromium.launch({ executablePath: executable ?? '', args: flags })
    server = await startConsole()
    for (let i = 0; i < 30; i += 1) server.backend.lines.push(JSON.stringify(blockEvent(`live-${i}`)))
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  for (const [name, width, colorScheme] of [
    ['desktop-light', 1280, 'light'],
    ['desktop-dark', 1280, 'dark'],
    ['phone-light', 360, 'light'],
    ['phone-dark', 360, 'dark'],
    ['phone-wide', 390, 'light'],
  ] as const) {
    it(`shows every page without sideways scrolling and with readable text: ${name}`, async () => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
      const page = await open(context)
      const problems: string[] = []
      const firstOf = {
        Layers: '.u-wrap',
        Incidents: 'tbody tr',
        Events: 'tbody tr',
        Findings: '.findings li',
        Decisions: '.decisions li',
        Watch: 'table.hosts tbody tr',
      } as const
      page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
      for (const title of ['Layers', 'Incidents', 'Events', 'Findings', 'Decisions', 'Watch'] as const) {
        await page.getByRole('link', { name: title, exact: true }).click()
        await page.getByRole('heading', { name: title, level: 1 }).waitFor()
        await page.locator(firstOf[title]).first().waitFor()
        expect(await page.evaluate(() => document.documentElement.scrollWidth), title).toBeLessThanOrEqual(
          width,
        )
        expect(await lowestContrast(page), title).toBeGreaterThanOrEqual(4.5)
        await page.screenshot({
          path: join(shots, `${name}-${title.toLowerCase()}.png`),
          fullPage: title !== 'Events',
        })
      }
      expect(problems).toEqual([])
      await context.close()
    })
  }

  it('shows hostile text as text and removes the link token from the address', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    expect(page.url()).not.toContain('token')
    await page.goto(`${server.url}/#events`)
    await page.getByText('<img src=x onerror=document.title=1>').first().waitFor()
    expect(await page.title()).toBe('Sevenfold')
    await context.close()
  })

  it('shows findings of a test run with source, way and sink', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await page.goto(`${server.url}/#findings`)
    await page.getByText('iast/sql-injection').waitFor()
    await page.getByText('pg.Client.query at src/app.js:12:5').waitFor()
    await page.getByText('in 3 steps').click()
    await page.getByText('src/app.js:11:9').waitFor()
    expect(await page.title()).toBe('Sevenfold')
    await context.close()
  })

  it('works by keyboard alone: unban with a reason', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    await page.goto(`${server.url}/#decisions`)
    await page.getByText('192.0.2.7').waitFor()
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    for (let i = 0; i < 10 && (await focused()) !== 'Unban 192.0.2.7'; i += 1)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByLabel('Reason').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('reason')
    await page.keyboard.type('the office printer')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing is banned').waitFor()
    expect(server.backend.unbanned.at(-1)).toEqual({
      id: 17,
      reason: 'the office printer',
      actor: 'console:link',
    })
    await context.close()
  })

  it('shows an incident with its runbook, what a verdict would hide, and takes the verdict and an approval', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await page.goto(`${server.url}/#incidents`)
    await page.getByRole('button', { name: 'An attack <img src=x' }).click()
    await page.getByText('The application has this flaw.').waitFor()
    expect(await page.title()).toBe('Sevenfold')
    await page.getByLabel('benign').check()
    await page.getByLabel('Reason').fill('our own scanner')
    await page.getByRole('button', { name: 'What would it hide?' }).click()
    await page.getByText('it hides 7 matches and leaves 3').waitFor()
    await page.getByRole('button', { name: 'Give verdict' }).click()
    await expect.poll(() => server.backend.verdicts.length).toBe(2)
    const verdict = { verdict: 'benign', reason: 'our own scanner', actor: 'console:link' }
    expect(server.backend.verdicts.map((one) => one.verdict)).toEqual([
      { ...verdict, dryRun: true },
      { ...verdict, dryRun: false },
    ])
    await page.getByRole('button', { name: 'Approve run-1' }).click()
    await expect.poll(() => server.backend.decided).toEqual(['approve run-1 console:link'])
    await context.close()
  })

  it('shows hosts, silences and load, announces a silence and ends one', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await page.goto(`${server.url}/#watch`)
    await page.getByRole('row', { name: /web2\.example edge ends soon|web2\.example edge well/ }).waitFor()
    await page.getByRole('row', { name: /web1\.example edge revoked .*sold <b>/ }).waitFor()
    await page.getByText('Open token: runtime on db1.example').waitFor()
    await page.getByText('no heartbeat of runtime/main for 50 s').waitFor()
    await page.getByRole('row', { name: 'A source scans medium 1200 3 2, 1, 0 12' }).waitFor()
    await page.getByRole('button', { name: 'End silence of console' }).click()
    await expect.poll(() => server.backend.silenceActs).toEqual([{ id: 3, actor: 'console:link' }])
    await page.getByLabel('Part').selectOption('edge')
    await page.getByLabel('Hours').selectOption('4')
    await page.getByLabel('Why').fill('new kernel')
    await page.getByRole('button', { name: 'Announce silence' }).click()
    await expect
      .poll(() => server.backend.silenceActs.at(-1))
      .toEqual({ part: 'edge', reason: 'new kernel', durationMs: 14_400_000, actor: 'console:link' })
    await context.close()
  })

  it('shows nothing to a page that rebinds its own name to this address', async () => {
    const context = await browser.newContext()
    await open(context)
    const page = await context.newPage()
    const answer = await page.goto(`http://rebind.example:${server.port}/api/events`)
    expect(answer?.status()).toBe(421)
    expect(await page.textContent('body')).not.toContain('192.0.2.7')
    await context.close()
  })

  it('refuses a form that another site sends for a logged-in visitor', async () => {
    const before = server.backend.modes.length
    const evil = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(
        `<form method="post" enctype="text/plain" action="${server.url}/api/mode"><input name='{"part":"edge","mode":"off","reason":"' value='x"}'></form><script>document.forms[0].submit()</script>`,
      )
    })
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    const context = await browser.newContext()
    await open(context)
    const page = await context.newPage()
    const refused = page.waitForResponse((response) => response.url().endsWith('/api/mode'))
    await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`)
    expect((await refused).status()).toBe(403)
    expect(server.backend.modes).toHaveLength(before)
    await context.close()
    await new Promise((resolve) => evil.close(resolve))
  })
})
