// Before the first paint, and so not a module: the chosen theme, and whether scripts run at all.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  /* no storage, no choice to remember */
}
document.documentElement.classList.add('scripted');
