import { apiOrder, me, mergePreferences, preferences, token, updateAccount } from '../api/account.ts'
import { image, webhook } from '../api/outbound.ts'
import { findReviews, partnerLogin } from '../api/partners.ts'
import { priceList } from '../api/price-list.ts'
import { apiProduct, apiProducts } from '../api/products.ts'
import { account, saveAccount } from '../pages/account.ts'
import { importCart } from '../pages/cart-file.ts'
import { addToCart, cart, checkout, order } from '../pages/cart.ts'
import { category } from '../pages/category.ts'
import { useCoupon } from '../pages/coupon.ts'
import { deliveryForm, deliveryLabel } from '../pages/delivery.ts'
import { assets, download, picture, uploads } from '../pages/files.ts'
import { giftForm, giftPreview } from '../pages/gift.ts'
import { go } from '../pages/go.ts'
import { help } from '../pages/help.ts'
import { home } from '../pages/home.ts'
import { login, loginPage, logout, register } from '../pages/login.ts'
import { newsletter } from '../pages/newsletter.ts'
import { uploadPicture } from '../pages/picture-upload.ts'
import { product, writeReview } from '../pages/product.ts'
import { search } from '../pages/search.ts'
import { hold, notify, stock } from '../pages/stock.ts'
import { admin, backup, health, intranet, robots, sitemap } from '../pages/staff.ts'
import type { Handler, Route } from './route.ts'

function get(path: string, handler: Handler): Route {
  return { method: 'GET', path, handler }
}

function post(path: string, handler: Handler): Route {
  return { method: 'POST', path, handler }
}

/** Every route of the shop; the first that fits answers. */
export const routes: readonly Route[] = [
  get('/', home),
  get('/search', search),
  get('/category/:name', category),
  get('/product/:id', product),
  post('/product/:id/review', writeReview),
  get('/login', loginPage),
  post('/login', login),
  post('/logout', logout),
  post('/register', register),
  get('/account', account),
  post('/account', saveAccount),
  post('/account/picture', uploadPicture),
  get('/cart', cart),
  post('/cart/add', addToCart),
  post('/cart/coupon', useCoupon),
  post('/cart/import', importCart),
  post('/checkout', checkout),
  get('/order/:id', order),
  get('/gift', giftForm),
  post('/gift', giftPreview),
  get('/delivery', deliveryForm),
  post('/delivery/label', deliveryLabel),
  get('/stock', stock),
  post('/stock/hold', hold),
  post('/stock/notify', notify),
  post('/newsletter', newsletter),
  get('/help', help),
  get('/download', download),
  get('/picture', picture),
  get('/uploads/*', uploads),
  get('/assets/*', assets),
  get('/go', go),
  get('/admin', admin),
  get('/intranet', intranet),
  get('/backup/shop.sql.old', backup),
  get('/robots.txt', robots),
  get('/sitemap.xml', sitemap),
  get('/health', health),
  get('/api/products', apiProducts),
  get('/api/products/:id', apiProduct),
  post('/api/login', partnerLogin),
  post('/api/reviews/find', findReviews),
  get('/api/token', token),
  get('/api/me', me),
  post('/api/account', updateAccount),
  get('/api/orders/:id', apiOrder),
  get('/api/preferences', preferences),
  { method: 'PATCH', path: '/api/preferences', handler: mergePreferences },
  get('/api/image', image),
  post('/api/webhook', webhook),
  post('/api/price-list', priceList),
]
