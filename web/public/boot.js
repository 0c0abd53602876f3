// Sets theme and language before the first paint. Runs in old browsers too.
(function () {
  var root = document.documentElement
  var kept = {}
  try {
    kept = JSON.parse(localStorage.getItem('callrelay.settings') || '{}') || {}
  } catch {
    // No storage (private window) or a broken value: the browser's own choice holds.
  }
  var dark = kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  root.style.colorScheme = dark ? 'dark' : 'light'
  document.querySelector('meta[name=theme-color]').content = dark ? '#0E1412' : '#F3F5F1'
  var wanted = kept.language || (navigator.languages || [navigator.language]).find(function (l) { return /^(en|zh)/i.test(l) }) || 'en'
  root.lang = /^zh/i.test(wanted) ? 'zh-Hans' : 'en'
})()
