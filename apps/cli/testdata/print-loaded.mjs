// node --import: prints every module that is loaded, for the test of the start.
import { register } from 'node:module'

register(
  `data:text/javascript,${encodeURIComponent(`
import { writeSync } from 'node:fs'
export async function load(url, context, next) {
  if (url.startsWith('file:')) writeSync(2, 'loaded ' + url + '\\n')
  return next(url, context)
}`)}`,
)
