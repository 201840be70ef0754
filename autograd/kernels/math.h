#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

// exp, log and their kin for whole arrays. The C library's versions are calls that the compiler
// can't turn into vector code; these are straight lines of arithmetic without a branch, so that a
// loop over them runs on many numbers at once. All take any number of T, float or double (log1p:
// from 0 on), keep NaN, infinities and the gradual underflow to 0, throw nothing and may be called
// from any thread.
//
// Largest error found, in units in the last place (0.5 is the best that rounding can do), over
// every 127th float and three million doubles, against long double; with and without fused
// multiply-add:
//
//              float   double
//     exp       1.2     1.1
//     log       1.0     1.1
//     log1p     1.3     1.4     for t >= 0
//     tanh      1.5     2.0     in double the C library's
//     sigmoid   2.4     2.0
//     softplus  2.0     1.8
//
// Not for -ffast-math, which would take the rounding out.
namespace autograd::kernels {

// How a number is laid out in bits, and how many terms a series needs to reach its precision.
template <class T>
struct Format;

template <>
struct Format<float> {
    using Bits = std::uint32_t;
    using Int = std::int32_t;
    static constexpr int mantissa = 23, bias = 127, exp_terms = 7, log_terms = 4;
    static constexpr float lowest = -105, highest = 90;  // beyond these, exp is 0 or infinity
    static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
};

template <>
struct Format<double> {
    using Bits = std::uint64_t;
    using Int = std::int64_t;
    static constexpr int mantissa = 52, bias = 1023, exp_terms = 13, log_terms = 10;
    static constexpr double lowest = -746, highest = 711;
    static constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
};

// 2^shift exp(x), which may be in range where exp(x) is not, for a shift from -64 to 0.
//
// exp(x) = 2^n exp(r), where n is x / ln 2 rounded and r = x - n ln 2 lies in [-0.35, 0.35], small
// enough for exp(r) to be summed up from its Taylor series. ln 2 is taken off in two parts, the
// first with so few bits that n times it is exact (Cody & Waite 1980).
template <int shift, class T>
inline T scaled_exp(T x) {
    using F = Format<T>;
    constexpr T highest = F::highest - T(0.6931471805599453) * shift;  // ln 2
    x = x < F::lowest ? F::lowest : x;                                 // NaN passes both
    x = x > highest ? highest : x;
    // Adding 1.5 * 2^mantissa leaves no room for a fraction: that is how to round without a branch.
    constexpr T rounder = T(1.5) * T(typename F::Bits{1} << F::mantissa);
    const T shifted = x * T(1.4426950408889634) + rounder;  // 1 / ln 2
    const T n = shifted - rounder;
    const T r = (x - n * F::ln2_high) - n * F::ln2_low;
    // 1 + r (1 + r/2 (1 + r/3 (...))), from the inside out
    T factorial[F::exp_terms + 1] = {1};
    for (int i = 1; i <= F::exp_terms; ++i) factorial[i] = factorial[i - 1] * T(i);
    T p = 1 / factorial[F::exp_terms];
    for (int i = F::exp_terms - 1; i >= 0; --i) p = p * r + 1 / factorial[i];
    // 2^n by writing n into the exponent's bits, in two halves because 2^n alone may be out of
    // range although the product is not.
    const auto exponent = static_cast<typename F::Int>(std::bit_cast<typename F::Bits>(shifted) -
                                                       std::bit_cast<typename F::Bits>(rounder)) +
                          shift;
    const auto half = exponent >> 1;
    const auto power_of_two = [](typename F::Int e) {
        return std::bit_cast<T>(static_cast<typename F::Bits>(e + F::bias) << F::mantissa);
    };
    return p * power_of_two(half) * power_of_two(exponent - half);
}

// exp(x): infinity above 88.72 (709.78 in double), subnormal below -87.33 (-708.39), 0 below
// -103.97 (-745.13).
template <class T>
inline T exp(T x) {
    return scaled_exp<0>(x);
}

// log(x): -infinity at 0 and -0, NaN below; subnormal x as any other.
//
// log(x) = e ln 2 + log(m) with x = 2^e m and m in [sqrt(1/2), sqrt(2)); with s = (m - 1) / (m +
// 1), log(m) = 2 (s + s^3/3 + s^5/5 + ...), which needs few terms, since |s| < 0.172.
template <class T>
inline T log(T x) {
    using F = Format<T>;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    constexpr T stretch = T(typename F::Bits{1} << F::mantissa);
    const bool subnormal = x < std::numeric_limits<T>::min();
    const auto bits = std::bit_cast<typename F::Bits>(subnormal ? x * stretch : x);
    constexpr auto sqrt_half = std::bit_cast<typename F::Bits>(T(0.70710678118654752));
    constexpr auto mantissa_mask = (typename F::Bits{1} << F::mantissa) - 1;
    const auto above = bits - sqrt_half;
    const T m = std::bit_cast<T>((above & mantissa_mask) + sqrt_half);
    const T e = static_cast<T>(static_cast<typename F::Int>(above) >> F::mantissa) -
                (subnormal ? T(F::mantissa) : T(0));
    const T f = m - 1;
    const T s = f / (m + 1);
    const T s2 = s * s;
    T p = T(2) / (2 * F::log_terms + 1);
    for (int i = F::log_terms - 1; i >= 1; --i) p = p * s2 + T(2) / T(2 * i + 1);
    // 2 s = f - s f exactly, and f has no rounding error: near x = 1 nothing is lost.
    T y = f - s * (f - s2 * p) + e * F::ln2_low;
    y = y + e * F::ln2_high;
    y = x == 0 ? -infinity : y;
    y = x < 0 ? std::numeric_limits<T>::quiet_NaN() : y;
    return x < infinity ? y : x;  // infinity and NaN as they are
}

// log(1 + t) for t >= 0 without losing a small t: u = 1 + t is rounded, and the last term is what
// the rounding took, to first order.
template <class T>
inline T log1p(T t) {
    const T u = 1 + t;
    const T y = log(u) + (t - (u - 1)) / u;
    return u < std::numeric_limits<T>::infinity() ? y : u;  // infinity and NaN as they are
}

// tanh(x) = (1 - t) / (1 + t) with t = exp(-2 |x|). Near 0 that would subtract almost equal
// numbers, so there it is a polynomial in x^2 (coefficients of Cephes' tanhf, Moshier 1992). Odd to
// the last bit; 1 above 8.67. In double, the C library's.
inline float tanh(float x) {
    const float magnitude = std::abs(x);
    const float t = exp(-2.f * magnitude);
    const float far = (1.f - t) / (1.f + t);
    const float x2 = x * x;
    float p = -5.70498872745e-3f;
    p = p * x2 + 2.06390887954e-2f;
    p = p * x2 - 5.37397155531e-2f;
    p = p * x2 + 1.33314422036e-1f;
    p = p * x2 - 3.33332819422e-1f;
    const float near = magnitude + magnitude * x2 * p;
    return std::copysign(magnitude < 0.625f ? near : far, x);
}
inline double tanh(double x) { return std::tanh(x); }

// sigmoid(x) = 1 / (1 + exp(-x)), both sides of the fraction times 2^-64: so the divisor stays
// finite as long as the result is not 0. 1 above 16.64 (36.74 in double), 0 below -103.97
// (-745.13).
template <class T>
T sigmoid(T x) {
    constexpr T scale = T(0x1p-64);
    return scale / (scale + scaled_exp<-64>(-x));
}

// softplus(x) = log(1 + exp(x)), with the larger of 0 and x taken out so that nothing overflows.
// 0 below -103.97 (-745.13 in double).
template <class T>
T softplus(T x) {
    const T positive = x < 0 ? T(0) : x;
    const T magnitude = x < 0 ? -x : x;
    return positive + log1p(exp(-magnitude));
}

}  // namespace autograd::kernels
