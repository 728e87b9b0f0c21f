/** The part of `socks` that lbex uses. A bundle loses the named exports of a CommonJS package that is imported at run time. */
export {SocksClient} from 'socks'
