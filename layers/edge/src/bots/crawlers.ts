/** A crawler of a search engine or a link preview that says where it comes from. */
export interface Crawler {
  readonly name: string
  /** Lower-case word of its User-Agent. */
  readonly token: string
  /** Ends of the names that its addresses lead back to; none: only published ranges prove it. */
  readonly domains: readonly string[]
}

/**
 * Crawlers that sites want. Each operator documents the word and the domains; who uses the word and comes from elsewhere
 * is an impostor.
 */
export const crawlers: readonly Crawler[] = [
  {
    name: 'Googlebot',
    token: 'googlebot',
    domains: ['googlebot.com', 'google.com'],
  },
  { name: 'Google-InspectionTool', token: 'google-inspectiontool', domains: ['googlebot.com', 'google.com'] },
  { name: 'GoogleOther', token: 'googleother', domains: ['googlebot.com', 'google.com'] },
  { name: 'AdsBot-Google', token: 'adsbot-google', domains: ['googlebot.com', 'google.com'] },
  { name: 'Mediapartners-Google', token: 'mediapartners-google', domains: ['googlebot.com', 'google.com'] },
  // Its agent names bingbot.htm, too.
  { name: 'AdIdxBot', token: 'adidxbot', domains: ['search.msn.com'] },
  { name: 'Bingbot', token: 'bingbot', domains: ['search.msn.com'] },
  { name: 'Slurp', token: 'yahoo! slurp', domains: ['crawl.yahoo.net'] },
  { name: 'YandexBot', token: 'yandex', domains: ['yandex.ru', 'yandex.net', 'yandex.com'] },
  { name: 'Baiduspider', token: 'baiduspider', domains: ['crawl.baidu.com', 'crawl.baidu.jp'] },
  { name: 'Applebot', token: 'applebot', domains: ['applebot.apple.com'] },
  { name: 'SeznamBot', token: 'seznambot', domains: ['seznam.cz'] },
  { name: 'PetalBot', token: 'petalbot', domains: ['petalsearch.com', 'aspiegel.com'] },
  { name: 'Qwantbot', token: 'qwantbot', domains: ['qwant.com'] },
  { name: 'Sogou', token: 'sogou web spider', domains: ['sogou.com'] },
  { name: 'Yeti', token: 'yeti/', domains: ['naver.com'] },
  { name: 'Pinterestbot', token: 'pinterestbot', domains: ['pinterest.com'] },
  { name: 'LinkedInBot', token: 'linkedinbot', domains: ['linkedin.com'] },
  { name: 'MojeekBot', token: 'mojeekbot', domains: ['mojeek.com'] },
  { name: 'AhrefsBot', token: 'ahrefsbot', domains: ['ahrefs.com', 'ahrefs.net'] },
]

/** A program that collects texts for models, or fetches pages for their users. */
export interface AiAgent {
  readonly name: string
  /** Lower-case word of its User-Agent. */
  readonly token: string
}

/** AI crawlers by the names that their operators document for robots.txt. */
export const aiAgents: readonly AiAgent[] = [
  'GPTBot', 'OAI-SearchBot', 'ChatGPT-User', 'ClaudeBot', 'Claude-User', 'Claude-SearchBot', 'anthropic-ai',
  'Google-Extended', 'Google-CloudVertexBot', 'CCBot', 'PerplexityBot', 'Perplexity-User', 'Bytespider', 'Amazonbot',
  'Applebot-Extended', 'Meta-ExternalAgent', 'Meta-ExternalFetcher', 'FacebookBot', 'cohere-ai', 'Diffbot', 'omgili',
  'YouBot', 'Timpibot', 'ImagesiftBot', 'MistralAI-User', 'DuckAssistBot', 'AI2Bot', 'Kangaroo Bot', 'PanguBot',
  'DeepSeekBot', 'Webzio-Extended', 'VelenPublicWebCrawler', 'img2dataset', 'ICC-Crawler', 'Cotoyogi',
].map((name) => ({ name, token: name.toLowerCase() })) // prettier-ignore

/** Words by which attack tools name themselves. */
export const scannerTokens: readonly string[] = [
  'sqlmap', 'nikto', 'nuclei', 'masscan', 'zgrab', 'dirbuster', 'gobuster', 'feroxbuster', 'wpscan', 'joomscan',
  'acunetix', 'netsparker', 'openvas', 'nessus', 'arachni', 'w3af', 'havij', 'commix', 'xsstrike', 'dalfox', 'wfuzz',
  'ffuf', 'whatweb', 'skipfish', 'vega/', 'jaeles', 'nmap scripting engine', 'hydra', 'metasploit', 'morfeus',
  'zmeu', 'l9explore', 'l9tcpid', 'expanse', 'censysinspect', 'paros/', 'webshag', 'grendel-scan', 'fimap', 'bbqsql',
] // prettier-ignore
