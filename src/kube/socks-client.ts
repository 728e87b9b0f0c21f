/** What is used of the SOCKS client. Named here, because a bundle loses the names of a CommonJS package that is imported at run time. */
export {SocksClient} from 'socks'
