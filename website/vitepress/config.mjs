// VitePress reads this file. `npm run docs:site` writes what differs from build to build into site.json beside it.
import {readFileSync} from 'node:fs'
import {defineConfig} from 'vitepress'
import {rewriteLinks} from './links.mjs'
import {slugOf} from './slug.mjs'

const site = JSON.parse(readFileSync(new URL('site.json', import.meta.url), 'utf8'))
const sources = Object.fromEntries(Object.entries(site.pages).map(([source, page]) => [page, source]))

export default defineConfig({
  title: 'lbex',
  description: site.description,
  lang: 'en',
  base: site.base,
  srcDir: 'pages',
  outDir: site.outDir,
  cleanUrls: false,
  head: [
    ['link', {rel: 'icon', href: `${site.base}icon.svg`, type: 'image/svg+xml'}],
    ['meta', {name: 'theme-color', content: '#0969da'}],
  ],
  markdown: {
    anchor: {slugify: slugOf},
    toc: {slugify: slugOf},
    headers: {slugify: slugOf},
    config: (markdown) => {
      rewriteLinks(markdown, site)
    },
    languageAlias: {promql: 'text'},
  },
  transformPageData(page) {
    const source = sources[page.relativePath]
    page.frontmatter.edit = `${site.repository}/edit/main/${source}`
    // npm run docs writes these pages.
    if (site.generated.includes(source)) page.frontmatter.editLink = false
    if (page.relativePath === 'index.md') page.title = 'External load balancer for Kubernetes'
  },
  themeConfig: {
    logo: '/icon.svg',
    version: site.version,
    folder: site.folder,
    nav: site.nav,
    sidebar: site.sidebar,
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            // VitePress sends the text of this function to the browser. Long lists have every word, so other pages come first.
            boostDocument: (id) =>
              /\/(commands|conformance|contributing|decisions|diagnostics|metrics|releasing)[./]/.test(id)
                ? 0.4
                : 1,
          },
        },
      },
    },
    socialLinks: [{icon: 'github', link: site.repository}],
    // VitePress sends the text of this function to the browser.
    editLink: {pattern: ({frontmatter}) => frontmatter.edit, text: 'Edit this page'},
    footer: {message: 'Apache-2.0'},
  },
})
