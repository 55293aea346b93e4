import { categories } from '../database/products.ts'
import type { Session } from '../state/session.ts'
import { escape } from './escape.ts'

/** What a page is made of; `main` is HTML. */
export interface PageParts {
  readonly title: string
  readonly session: Session
  readonly main: string
  /** HTML for the value of the search field, when the page shows one. */
  readonly query?: string
}

/** `tents` as a heading. */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function menu(session: Session): string {
  const count = session.cart.reduce((sum, line) => sum + line.quantity, 0)
  const account =
    session.account === undefined
      ? '<a href="/login">Log in</a>'
      : `<a href="/account">${escape(session.account.display)}</a>`
  return `${account} <a href="/cart">Cart${count > 0 ? ` <b>${count}</b>` : ''}</a>`
}

/** A whole page of the shop. */
export function page(parts: PageParts): string {
  const links = categories.map((name) => `<a href="/category/${name}">${capital(name)}</a>`).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(parts.title)} · Larch &amp; Lantern</title>
<link rel="icon" href="/assets/lantern.svg">
<link rel="stylesheet" href="/assets/shop.css">
</head>
<body>
<header>
<div class="bar">
<a class="brand" href="/"><img src="/assets/lantern.svg" alt="" width="28" height="28"> Larch &amp; Lantern</a>
<form class="find" action="/search" role="search"><input name="q" type="search" aria-label="Search the shop" placeholder="Search tents, boots, stoves" value="${parts.query ?? ''}"><button>Search</button></form>
<div class="mine">${menu(parts.session)}</div>
</div>
<nav aria-label="Categories">${links}</nav>
</header>
<main>
${parts.main}
</main>
<footer>
<form action="/newsletter" method="post"><label>Letters from the trail, once a month <input name="email" type="email" placeholder="you@example.org" required></label><button>Subscribe</button></form>
<p><a href="/help">Help</a> <a href="/gift">Gift cards</a> <a href="/delivery">Delivery labels</a> <a href="/download?file=size-guide.txt">Size guide</a> <a href="/go?to=/category/light">Light week</a></p>
<p class="small">Larch &amp; Lantern, outfitters for slow walks. A demonstration shop with deliberate flaws: nothing here can be bought.</p>
</footer>
</body>
</html>
`
}
