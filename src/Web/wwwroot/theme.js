// Runs before the first paint: the chosen theme must not flash.
(() => {
  const apply = () => {
    let theme = null;
    try { theme = localStorage.getItem('fleet.theme'); } catch { /* storage is off: follow the system */ }
    if (theme === 'light' || theme === 'dark') {
      document.documentElement.dataset.theme = theme;
    } else {
      delete document.documentElement.dataset.theme;
    }
  };
  apply();
  window.addEventListener('storage', apply);
  document.addEventListener('fleet:theme', apply);
})();
