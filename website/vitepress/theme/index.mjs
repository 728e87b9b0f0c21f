// The default theme of VitePress with system fonts, and the version in the header.
import {h} from 'vue'
import DefaultTheme from 'vitepress/theme-without-fonts'
import VersionMenu from './VersionMenu.vue'
import './style.css'

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, undefined, {
      'nav-bar-content-after': () => h(VersionMenu),
      'nav-screen-content-after': () => h(VersionMenu),
    }),
}
