// Bodies of 128 KB that make every stage of an inspection work: many parameters, values that light up rules and decodings,
// long pumps, documents of every body processor. For the benches of a hostile client (neighbours.mjs, slices.mjs).

const bodyBytes = 131_072
const form = (text) => ({ type: 'application/x-www-form-urlencoded', body: text.slice(0, bodyBytes) })
const pumped = (piece) => form(`v=${piece.repeat(Math.floor((bodyBytes - 2) / piece.length))}`)
const json = (body) => ({ type: 'application/json', body })
const xml = (content) => ({ type: 'text/xml', body: `<a>${content}</a>` })
const fill = (piece, room = bodyBytes - 64) => piece.repeat(Math.floor(room / piece.length))

/** As many different pieces as fit, joined. */
function many(piece, between) {
  const pieces = []
  for (let bytes = 0, n = 0; ; n++) {
    const next = piece(n)
    bytes += next.length + between.length
    if (bytes > bodyBytes - 64) return pieces.join(between)
    pieces.push(next)
  }
}

const boundary = 'b0undary'
const part = (name, value, type = '') =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${type}\r\n\r\n${value}\r\n`
const multipart = (parts) => ({
  type: `multipart/form-data; boundary=${boundary}`,
  body: `${parts}--${boundary}--\r\n`,
})

/** Makers of the bodies by the names of their shapes. Each gives the content type and a body of at most 128 KB, ASCII. */
export const hostileBodies = {
  'many parameters': () => form(many((n) => `p${n}=%27+or+1%2d${n}+%3c`, '&')),
  'signs of every class': () => pumped(encodeURIComponent('\'"<(${`;|%25&#x41;\\u0041../ union select on')),
  'line feeds': () => pumped('%0a'),
  'angle brackets': () => pumped('<'),
  parentheses: () => pumped('('),
  backslashes: () => pumped('\\'),
  'shell words': () => pumped('c\\at+$@/e"t"c;'),
  base64: () => pumped('PHNjcmlwdD4n'),
  'JSON values': () => json(`[${many((n) => `"select ${n}<a"`, ',')}]`),
  'JSON keys': () => json(`{${many((n) => `"k${n}'":"<${n}"`, ',')}}`),
  'JSON depth': () => json(`${'[{"a":'.repeat(400)}"${fill("' or 1=1--", 100_000)}"${'}]'.repeat(400)}`),
  quotes: () => json(`{"a":"${fill("' or '")}"}`),
  elements: () => xml(fill('<b c="d">e</b>')),
  'nested elements': () =>
    xml(fill(`${'<b c="<">'.replace('<">', '&lt;">').repeat(50)}x${'</b>'.repeat(50)}`)),
  attributes: () => xml(`<b ${many((n) => `a${n}="' or ${n}"`, ' ')}/>`),
  entities: () => xml(fill('&lt;script&gt;&#x27;')),
  'XML text': () => xml(fill("' or 1=1 union select on=")),
  'form fields': () => multipart(many((n) => part(`f${n}`, `' or ${n}<a`), '')),
  files: () => multipart(many((n) => part(`f${n}`, '<?php', `; filename="a${n}.php"`), '')),
}
