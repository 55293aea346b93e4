import type { Page } from 'playwright-core'
import { attacker } from '../attack/attacker.ts'

/** Somebody with a browser, who reads pages and fills in forms. */
export interface BrowserJourney {
  readonly id: string
  /** One line: who comes and why. */
  readonly title: string
  /** Plays the visit from the start page; rejects with what was not there. */
  visit(page: Page): Promise<void>
}

/** Fills in the login form as a customer does. */
async function logIn(page: Page): Promise<void> {
  await page.goto('/login')
  const form = page.locator('form[action="/login"]')
  await form.locator('input[name=user]').fill(attacker.user)
  await form.locator('input[name=password]').fill(attacker.password)
  await form.getByRole('button').click()
}

const look: BrowserJourney = {
  id: 'browser-look',
  title: 'Somebody looks around with a browser, styles and pictures included',
  visit: async (page) => {
    await page.goto('/')
    await page.getByText('Gear for slow walks').first().waitFor()
    await page.getByRole('searchbox').fill('wool & down, "light"')
    await page.getByRole('searchbox').press('Enter')
    await page.getByText('Results for').waitFor()
    await page.goto('/category/tents')
    await page.getByText('Ridgeline 2').first().click()
    await page.getByText('Write one').waitFor()
  },
}

const buy: BrowserJourney = {
  id: 'browser-buy',
  title: 'A customer logs in with a browser and buys',
  visit: async (page) => {
    await logIn(page)
    await page.goto('/product/1')
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.goto('/cart')
    await page.getByLabel('Coupon').fill('LANTERN-10')
    await page.getByRole('button', { name: 'Use' }).click()
    await page.getByText('10 % off').waitFor()
    await page.getByLabel('Deliver to').fill("Carrer d'Aragó 22, 3r 1a; 08009 Barcelona")
    await page.getByRole('button', { name: 'Order now' }).click()
    await page.getByText('Thank you').first().waitFor()
  },
}

const contribute: BrowserJourney = {
  id: 'browser-contribute',
  title: 'A customer writes a review and uploads a picture with a browser',
  visit: async (page) => {
    await logIn(page)
    await page.goto('/product/5')
    await page.getByLabel('Your review').fill('Warm at -4 °C (I checked!). 10/10 -- would "sleep" again.')
    await page.getByRole('button', { name: 'Send review' }).click()
    await page.getByText('would "sleep" again').first().waitFor()
    await page.goto('/account')
    await page.locator('input[name=picture]').setInputFiles({
      name: 'Sommar 2026 (1).jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('pixels'),
    })
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.waitForLoadState()
    await page.goto('/account')
    await page.getByText('Hello').first().waitFor()
  },
}

/** Visits in a real browser; each must be served in full behind all layers. */
export const browserJourneys: readonly BrowserJourney[] = [look, buy, contribute]
