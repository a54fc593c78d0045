// The package's index prints a warning on any Node.js that is not called LTS yet; the class itself does not.
declare module 'oidc-provider/lib/provider.js' {
  export { default as Provider } from 'oidc-provider';
}
