// Links and pictures of the pages. The sources are written for GitHub: their links are relative, and some lead to files that are
// not on the site. This is the one place where they are rewritten.
import {posix} from 'node:path'

/**
 * @typedef {object} Site
 * @property {Readonly<Record<string, string>>} pages pages of the site by their source, such as `docs/tls.md`: `tls.md`
 * @property {string} repository URL of the repository, without a slash at the end
 * @property {string} ref branch or tag to which links to files lead
 * @property {readonly string[]} folders folders of the repository, such as `deploy/publish`
 */

/** URLs with a scheme, and anchors of the same page. */
const STAYS = /^(#|\/\/|[a-z][a-z+.-]*:)/i

/**
 * Where a link leads on the site: to a page, or to a file in the repository.
 * @param {string} source page with the link, as a path in the repository
 * @param {string} href the link
 * @param {Site} site
 * @returns {string}
 */
export function linkOnSite(source, href, {pages, repository, ref, folders}) {
  if (STAYS.test(href)) return href
  const [path = '', anchor] = href.split('#', 2)
  const end = anchor === undefined ? '' : `#${anchor}`
  const target = resolved(source, path)
  const page = pages[target] ?? pages[`${target}/README.md`]
  if (page !== undefined) return `/${page}${end}`
  return `${repository}/${folders.includes(target) ? 'tree' : 'blob'}/${ref}/${target}${end}`
}

/**
 * Where a picture of docs/images/ is on the site.
 * @param {string} source page that shows it
 * @param {string} src relative path of the picture
 * @returns {string}
 */
export function pictureOnSite(source, src) {
  return STAYS.test(src) ? src : `/${resolved(source, src).replace(/^docs\//, '')}`
}

/**
 * HTML of a page. `<picture>` follows the setting of the browser; the site has a switch of its own, so both pictures are put into the
 * page, and style.css shows one of them.
 * @param {string} source
 * @param {string} html
 * @returns {string}
 */
export function htmlOnSite(source, html) {
  return html.replaceAll(
    /<picture>\s*<source[^>]* srcset="([^"]+)"[^>]*>\s*<img alt="([^"]*)" src="([^"]+)"[^>]*>\s*<\/picture>/g,
    (_, dark, alt, light) =>
      [
        '<div class="picture">',
        `<img class="in-light" alt="${alt}" src="${pictureOnSite(source, light)}">`,
        `<img class="in-dark" alt="${alt}" src="${pictureOnSite(source, dark)}">`,
        '</div>',
      ].join('\n'),
  )
}

/**
 * A plugin for markdown-it that rewrites all of them, and keeps Vue out of code. `env.relativePath` is the page on the site.
 * @param {any} markdown
 * @param {Site} site
 */
export function rewriteLinks(markdown, site) {
  const sources = Object.fromEntries(Object.entries(site.pages).map(([source, page]) => [page, source]))
  markdown.core.ruler.push('links-of-the-site', ({tokens, env}) => {
    const source = sources[env.relativePath]
    if (source === undefined) return
    for (const token of tokens.flatMap((each) => [each, ...(each.children ?? [])])) rewrite(token, source)
  })

  function rewrite(token, source) {
    if (token.type === 'link_open') token.attrSet('href', linkOnSite(source, token.attrGet('href'), site))
    if (token.type === 'image') token.attrSet('src', pictureOnSite(source, token.attrGet('src')))
    // Vue would evaluate {{ }} in it.
    if (token.type === 'code_inline') token.attrSet('v-pre', '')
    if (token.type === 'html_block') token.content = htmlOnSite(source, token.content)
  }
}

/** The path in the repository to which a relative path of a page leads. */
function resolved(source, path) {
  return posix.join(posix.dirname(source), decodeURI(path)).replace(/\/$/, '')
}
