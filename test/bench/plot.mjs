export const plotOf = () => '<svg/>';
